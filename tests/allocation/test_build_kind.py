"""What runs says which build it is."""

from __future__ import annotations

import allocation.build_kind
from allocation.build_kind import BuildKind, build_kind


def test_the_build_is_compiled_exactly_if_the_module_is() -> None:
    is_source = str(allocation.build_kind.__file__).endswith(".py")
    assert build_kind() is (BuildKind.PYTHON if is_source else BuildKind.COMPILED)
