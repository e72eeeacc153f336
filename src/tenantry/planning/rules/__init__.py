"""The rules that a plan is judged by: small functions by subject, and the table that lists them all."""
