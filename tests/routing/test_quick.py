from __future__ import annotations

import inspect
import pickle
from copy import copy
from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest

from routing.quick import quick


@quick
@dataclass(frozen=True, slots=True)
class Parcel:
    weight_g: int
    label: str = "none"
    marks: list[str] = field(default_factory=list)
    doubled_g: int = field(init=False)
    seen: dict[str, int] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.weight_g < 0:
            raise ValueError("a weight is not below 0")
        object.__setattr__(self, "doubled_g", 2 * self.weight_g)


@quick
@dataclass(frozen=True, slots=True, order=True)
class Place:
    row: int
    column: int = 0


def test_arguments_defaults_and_what_follows_from_them_are_set() -> None:
    assert repr(Parcel(3)) == "Parcel(weight_g=3, label='none', marks=[], doubled_g=6)"
    assert Parcel(label="x", weight_g=1, marks=["up"]) == Parcel(1, "x", ["up"])
    assert Parcel(1).marks is not Parcel(1).marks
    assert Parcel(1).seen == {}


def test_an_instance_is_frozen_and_of_its_own_class() -> None:
    parcel = Parcel(3)
    assert type(parcel) is Parcel
    with pytest.raises(FrozenInstanceError):
        parcel.weight_g = 4  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del parcel.label


def test_it_can_be_replaced_copied_pickled_hashed_and_ordered() -> None:
    assert replace(Place(1, 2), column=3) == Place(1, 3)
    assert copy(Place(1)) == pickle.loads(pickle.dumps(Place(1))) == Place(1)
    assert hash(Place(1, 2)) == hash(Place(1, 2))
    assert sorted([Place(2), Place(1, 5), Place(1)]) == [Place(1), Place(1, 5), Place(2)]


def test_wrong_arguments_are_refused_as_ever() -> None:
    with pytest.raises(TypeError, match="weight_g"):
        Parcel()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected"):
        Place(1, depth=2)  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="below 0"):
        Parcel(-1)


def test_its_signature_has_the_types() -> None:
    assert str(inspect.signature(Place)) == "(row: 'int', column: 'int' = 0) -> None"


def test_what_is_no_such_class_is_refused() -> None:
    with pytest.raises(TypeError, match="slots"):
        quick(dataclass(frozen=True)(type("Loose", (), {"__annotations__": {"a": int}})))

    @dataclass(frozen=True, slots=True)
    class Named:
        a: int = field(kw_only=True)

    with pytest.raises(TypeError, match="keywords"):
        quick(Named)


def test_an_instance_of_a_subclass_cannot_be_made() -> None:
    class Box(Place):
        pass

    with pytest.raises(TypeError, match="layout"):
        Box(1)
