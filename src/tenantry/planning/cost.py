"""What licenses cost a month: units times price, in exact decimals."""

from collections.abc import Iterable
from decimal import Decimal

from tenantry.model.plan import Cost, Usage
from tenantry.model.tenant import Contract

CENTS = Decimal("0.01")


def cost(contract: Contract, usage: Iterable[Usage]) -> Cost | None:
    """Sum up assigned units before and after a plan, and what the contract costs; None without prices.

    An unlimited license costs its assigned units. Sums have the decimals of the prices, and at least two.
    """
    if not contract.prices:
        return None
    before = after = bought = Decimal(0)
    unpriced: list[str] = []
    for row in usage:
        price = contract.prices.get(row.license)
        if price is None:
            if row.after > 0:
                unpriced.append(row.license)
            continue
        before += price * row.before
        after += price * row.after
        if row.contingency is not None:
            bought += price * (row.after if row.contingency == "unlimited" else row.contingency)
    return Cost(
        currency=contract.currency,
        before=money(before),
        after=money(after),
        delta=money(after - before),
        bought=money(bought),
        unpriced=tuple(unpriced),
    )


def money(amount: Decimal) -> str:
    """A sum of money as text, with two decimals or as many more as it needs."""
    exact = amount.normalize()
    return f"{amount.quantize(CENTS) if exact == amount.quantize(CENTS) else exact:f}"
