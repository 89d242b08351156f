"""Pages that are for some roles only; whoever else asks is refused, and the attempt written down (OPS-02)."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import request

from votecal_soap.console import context
from votecal_soap.domain.counties import Role
from votecal_soap.use_cases.refuse_access import refuse_page

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def only(*roles: Role) -> Callable[[Callable[Parameters, Result]], Callable[Parameters, Result]]:
    """Let these roles open a page."""

    def guarded(page: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
        @wraps(page)
        def opened(*arguments: Parameters.args, **named: Parameters.kwargs) -> Result:
            if context.person().role not in roles:
                refuse_page(context.person(), str(request.endpoint), context.writing(), context.services().clock)
            return page(*arguments, **named)

        return opened

    return guarded
