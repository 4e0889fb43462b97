"""A function over many items: here, one after the other, or on the workers of a Dask scheduler."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from analysis import cores

if TYPE_CHECKING:
    from distributed import Client


def spread(function: Callable, items: Sequence[Any], scheduler: str | Client | None, /, **common: Any) -> list[Any]:
    """``function(item, **common)`` of every item, in their order.

    A task lost with its worker is run again by another; tasks only read files and move whole ones into place,
    so that nothing depends on who ran what, when or how often.

    Parameters
    ----------
    scheduler : str or distributed.Client or None
        Address of a Dask scheduler (``"tcp://…"``) or a client; None: in this process.

    Raises
    ------
    ImportError
        If an address is given and Dask is not installed.
    """
    work = functools.partial(function, **common)
    if scheduler is None:
        return list(cores.spread(work, items, what=function.__name__))
    if not isinstance(scheduler, str):
        return scheduler.gather(scheduler.map(work, items, pure=False))
    try:
        from distributed import Client
    except ImportError:
        raise ImportError(f"scheduler={scheduler!r} needs Dask; pip install 'tifa[cluster]'.") from None
    with Client(scheduler, set_as_default=False) as client:
        return spread(function, items, client, **common)
