"""Draws households: people who share an address, and mostly a surname.

Relatives are what a matching function finds hard: father and son of one name, twins, wives who kept their names.
"""

from collections.abc import Callable
from typing import Final

from votecal_soap.synthetic.frequency_tables import Origin, WeightedTable
from votecal_soap.synthetic.people import Person, PersonDraw

Household = tuple[Person, ...]

SAME_SEX_SHARE: Final = 0.03
MIXED_ORIGIN_SHARE: Final = 0.14
TAKES_SURNAME_SHARE: Final = 0.66
HYPHENATED_SHARE: Final = 0.06
TWIN_SHARE: Final = 0.06
"""Of brothers and sisters registered at one address."""
JUNIOR_SHARE: Final = 0.12
"""Of fathers with a son at one address."""
SENIOR_SAYS_SO_SHARE: Final = 0.4
THIRD_SHARE: Final = 0.003


class HouseholdDraw:
    """Draws households of several kinds."""

    def __init__(self, draw: PersonDraw) -> None:
        """Use one stream of chance."""
        self._draw = draw
        self._random = draw.rng.random
        self._kinds: WeightedTable[Callable[[], Household]] = WeightedTable(
            [
                (self._single, 31),
                (self._couple, 26),
                (self._family, 18),
                (self._parent_and_child, 9),
                (self._housemates, 10),
                (self._siblings, 3),
                (self._three_generations, 3),
            ]
        )

    def household(self) -> Household:
        """The people of one address."""
        return self._kinds.draw(self._draw.rng)()

    def _single(self) -> Household:
        return (self._adult(),)

    def _adult(self, youngest: int = 18, oldest: int = 99) -> Person:
        draw = self._draw
        origin = draw.origin()
        person = draw.person(origin, draw.sex(), draw.surnames(origin), draw.birth(youngest, oldest))
        if person.sex == "M" and self._random() < THIRD_SHARE:
            return person._replace(suffix="III")
        return person

    def _couple(self, youngest: int = 22, oldest: int = 95) -> Household:
        head = self._adult(youngest, oldest)
        return head, self._partner(head)

    def _partner(self, head: Person) -> Person:
        draw = self._draw
        sex = head.sex if self._random() < SAME_SEX_SHARE else _OTHER_SEX[head.sex]
        origin = draw.origin() if self._random() < MIXED_ORIGIN_SHARE else head.origin
        surnames = self._married_surnames(draw.surnames(origin), head.surnames)
        return draw.person(origin, sex, surnames, self._born(head.born - 1_300, 3_000))

    def _married_surnames(self, own: tuple[str, ...], partner: tuple[str, ...]) -> tuple[str, ...]:
        chance = self._random()
        if chance < TAKES_SURNAME_SHARE:
            return partner
        if chance < TAKES_SURNAME_SHARE + HYPHENATED_SHARE:
            return (f"{own[0]}-{partner[0]}",)
        return own

    def _born(self, earliest: int, span: int) -> int:
        return self._draw.grown_up(earliest + int(self._random() * span))

    def _family(self) -> Household:
        head, partner = self._couple(44, 75)
        father, mother = (head, partner) if head.sex == "M" else (partner, head)
        surnames = (father.surnames[0], mother.surnames[0]) if len(father.surnames) > 1 else father.surnames
        children = self._children(max(father.born, mother.born), father.origin, surnames)
        return mother, *self._named_after(father, children)

    def _children(self, parent_born: int, origin: Origin, surnames: tuple[str, ...]) -> list[Person]:
        children: list[Person] = []
        for _ in range(1 + int(self._random() * 2.3)):
            is_twin = bool(children) and self._random() < TWIN_SHARE
            born = children[-1].born if is_twin else self._born(parent_born + 20 * 365, 16 * 365)
            children.append(self._draw.person(origin, self._draw.sex(), surnames, born))
        return children

    def _named_after(self, father: Person, children: list[Person]) -> Household:
        """Let the first son bear his father's whole name now and then."""
        first_son = next((child for child in children if child.sex == "M"), None)
        if first_son is None or father.sex != "M" or father.suffix or self._random() >= JUNIOR_SHARE:
            return father, *children
        junior = first_son._replace(first_name=father.first_name, middle_name=father.middle_name, surnames=father.surnames, suffix="JR")
        senior = father._replace(suffix="SR") if self._random() < SENIOR_SAYS_SO_SHARE else father
        return senior, *(junior if child is first_son else child for child in children)

    def _parent_and_child(self) -> Household:
        parent = self._adult(42, 90)
        return self._named_after(parent, self._children(parent.born, parent.origin, parent.surnames)[:1])

    def _housemates(self) -> Household:
        return tuple([self._adult(18, 45) for _ in range(2 + int(self._random() * 2))])

    def _siblings(self) -> Household:
        first = self._adult(18, 60)
        born = first.born if self._random() < TWIN_SHARE else self._born(first.born + 365, 6 * 365)
        return first, self._draw.person(first.origin, self._draw.sex(), first.surnames, born)

    def _three_generations(self) -> Household:
        family = self._family()
        father = family[1]
        surnames = father.surnames if self._random() < 0.7 else self._draw.surnames(father.origin)
        grandmother = self._draw.person(father.origin, "F", surnames, self._born(father.born - 32 * 365, 11 * 365))
        return grandmother, *family


_OTHER_SEX: Final = {"F": "M", "M": "F"}
