"""Text into a pull request, and back: GitHub, GitLab and Azure DevOps. The only room that opens a connection."""
