"""A handle on the state: how compiled rules see it, as one pointer.

Passing a tuple of some forty arrays by value to every rule costs far more than the rules
themselves. Compiled code therefore receives the address of a table that lists, for each array of
the state, its data and shape. The rules read the same either way: ``w.place[i].trust``. With
compilation off the handle is the state itself.
"""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Mapping
from typing import Any, Literal

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.core.typing.templates import (
    AbstractTemplate,
    AttributeTemplate,
    infer_global,
    signature,
)
from numba.extending import (
    NativeValue,
    infer_getattr,
    lower_builtin,
    lower_getattr_generic,
    lower_setattr_generic,
    register_model,
    typeof_impl,
    unbox,
)
from numba.np import arrayobj

from sim.core import state, state_fields
from sim.core.column_table import ColumnTable
from sim.core.jit import COMPILE, source_hash
from sim.core.state import State

MATRICES: dict[str, tuple[Any, int, str]] = {
    "par_values": (np.float64, 1, "-"),
    "tie_of": (np.int32, 2, "tie"),
    "office": (np.int64, 2, "month"),
    "experience": (np.float64, 2, "0-1"),
    "national": (np.int64, 2, "month"),
    "series": (np.float64, 3, "-"),
    "strength": (np.float64, 2, "0-1"),
    "firm_from": (np.int64, 2, "actor"),
    "endowment": (np.float64, 2, "0-1"),
    "match": (np.float64, 2, "0-1"),
    "neighbour_start": (np.int64, 1, "row"),
    "neighbour": (np.int64, 1, "place"),
    "signal": (np.float64, 2, "weight"),
    "authority": (np.float64, 2, "0-1"),
    "added_authority": (np.float64, 2, "-1 to 1"),
    "turnover": (np.float64, 2, "ratio"),
    "strain": (np.float64, 2, "0-1"),
    "fiscal": (np.float64, 2, "0-1"),
    "accord": (np.float64, 2, "0-1"),
    "programme": (np.float64, 3, "0-1"),
    "envelope": (np.float64, 2, "US$ million"),
}
"""Element type, number of dimensions and unit of the arrays that are not records."""

ACTORS_TOGETHER = ("tie_of", "match", "strength", "firm_from")
"""Those in which the actors lie side by side, as most choices are among actors; in the others what
the last index counts does."""

LAYOUT: dict[str, tuple[np.dtype[Any], int]] = {
    name: (np.dtype(MATRICES[name][0]), MATRICES[name][1])
    if name in MATRICES
    else (state.record_type(state_fields.RECORDS[name]), 1)
    for name in State._fields
}
"""Element type and number of dimensions of every array of the state."""


def order_of(name: str) -> Literal["C", "F"]:
    """Return the order in memory of an array of the state, as numpy names it."""
    return "F" if name in ACTORS_TOGETHER else "C"


ONE_ROW = ("run", "par")
"""Tables of a single row, which compiled code need not count."""


class Handle:
    """Hold a state and the address table that compiled rules read.

    Attribute access gives the state's arrays, so that uncompiled code can use a handle too.
    """

    __slots__ = ("_table", "address", "state")

    def __init__(self, w: State) -> None:
        words: list[int] = []
        for name, (dtype, dimensions) in LAYOUT.items():
            array = getattr(w, name)
            if name in state.COLUMN_TABLES:
                if not isinstance(array, ColumnTable) or array.dtype != dtype:
                    raise TypeError(f"{name} is not a table of columns of {dtype}")
                words += [array.words.ctypes.data, len(array)]
                continue
            in_one_piece = array.flags[order_of(name)]
            if array.dtype != dtype or array.ndim != dimensions or not in_one_piece:
                raise TypeError(f"{name} is not a contiguous {dimensions}-d array of {dtype}")
            if name in ONE_ROW and len(array) != 1:
                raise TypeError(f"{name} has {len(array)} rows, not one")
            words += [array.ctypes.data, *array.shape]
        self.state = w
        self._table = np.array(words, dtype=np.uint64)
        self.address = int(self._table.ctypes.data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.state, name)


def handle(w: State) -> Any:
    """Return what the rules take for a state: a handle, or the state when compilation is off."""
    return Handle(w) if COMPILE else w


def layout_digest(layout: Mapping[str, tuple[np.dtype[Any], int]]) -> str:
    """Return a short digest of arrays in order: name, fields in order, number of dimensions."""
    text = repr([(name, dtype.descr, dimensions) for name, (dtype, dimensions) in layout.items()])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class HandleType(types.Type):
    """The compiler's type of a handle.

    Its name carries the layout and the sources it was compiled for, so that code compiled for
    others, wherever it was kept, is code for another type. It stands at module level so that the
    compiler's cache on disk can refer to it by name.
    """

    def __init__(self) -> None:
        super().__init__(name=f"StateHandle[{layout_digest(LAYOUT)}, {source_hash()}]")


class TableType(types.Type):
    """The compiler's type of a table kept column by column."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(name=f"Table[{table}, {layout_digest(LAYOUT)}]")


class RowType(types.Type):
    """The compiler's type of a row of such a table."""

    def __init__(self, table: str) -> None:
        self.fields = {f.name: (n, f.kind) for n, f in enumerate(state_fields.RECORDS[table])}
        super().__init__(name=f"Row[{table}, {layout_digest(LAYOUT)}]")

    def type_of(self, field: str) -> types.Type:
        """Return the compiler's type of a field."""
        return types.float64 if self.fields[field][1] == "f" else types.int64


_TABLES = {name: TableType(name) for name in state.COLUMN_TABLES}
_ROWS = {name: RowType(name) for name in state.COLUMN_TABLES}


class _ColumnsModel(models.StructModel):
    """First value of the table's, or row's, first column, and the number of rows."""

    def __init__(self, dmm: Any, fe_type: Any) -> None:
        members = [("data", types.CPointer(types.intp)), ("rows", types.intp)]  # type: ignore[attr-defined]
        super().__init__(dmm, fe_type, members)


register_model(TableType)(_ColumnsModel)
register_model(RowType)(_ColumnsModel)


@infer_global(operator.getitem)
class _RowOfTable(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        table, index = args
        if isinstance(table, TableType) and isinstance(index, types.Integer):
            return signature(_ROWS[table.table], table, types.intp)
        return None


@infer_global(len)
class _LengthOfTable(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        return signature(types.intp, args[0]) if isinstance(args[0], TableType) else None


@lower_builtin(len, TableType)
def _length(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return cgutils.create_struct_proxy(sig.args[0])(context, builder, value=args[0]).rows


def _check_index(context: Any, builder: Any, index: Any, extent: Any) -> None:
    """Have an index that is out of bounds raise an error; one that is negative is a large one."""
    with builder.if_then(builder.icmp_unsigned(">=", index, extent), likely=False):
        context.call_conv.return_user_exc(builder, IndexError, ("no such row",))


@lower_builtin(operator.getitem, TableType, types.Integer)
def _get_row(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    """Build a row; an index that is negative, which stands for none, is out of bounds too."""
    table = cgutils.create_struct_proxy(sig.args[0])(context, builder, value=args[0])
    _check_index(context, builder, args[1], table.rows)
    row = cgutils.create_struct_proxy(sig.return_type)(context, builder)
    row.data = builder.gep(table.data, [args[1]])
    row.rows = table.rows
    return row._getvalue()


@infer_getattr
class _RowAttribute(AttributeTemplate):
    key = RowType

    def generic_resolve(self, typ: Any, attr: str) -> Any:
        return typ.type_of(attr) if attr in typ.fields else None


def _place_of_value(context: Any, builder: Any, typ: Any, value: Any, attr: str) -> Any:
    row = cgutils.create_struct_proxy(typ)(context, builder, value=value)
    column, kind = typ.fields[attr]
    place = builder.gep(row.data, [builder.mul(row.rows, cgutils.intp_t(column))])
    return builder.bitcast(place, ir.DoubleType().as_pointer()) if kind == "f" else place


@lower_getattr_generic(RowType)
def _get_value(context: Any, builder: Any, typ: Any, value: Any, attr: str) -> Any:
    return builder.load(_place_of_value(context, builder, typ, value, attr))


@lower_setattr_generic(RowType)
def _set_value(context: Any, builder: Any, sig: Any, args: Any, attr: str) -> None:
    row, value = sig.args
    new = context.cast(builder, args[1], value, row.type_of(attr))
    builder.store(new, _place_of_value(context, builder, row, args[0], attr))


class StateArray(types.Array):
    """The compiler's type of an array of the state that is not a table of columns.

    It is an array as any other, but none is taken from its end by an index that is negative.
    """

    def __repr__(self) -> str:
        """Return another text than other arrays have: compiled code is kept on disk by it."""
        return f"State{super().__repr__()}"


register_model(StateArray)(models.ArrayModel)


def _item(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    """Return the address of one item of an array, None if part of the array is asked for."""
    array_type, index_type = sig.args[:2]
    index_types, indices = [index_type], [args[1]]
    if isinstance(index_type, types.BaseTuple):  # type: ignore[attr-defined]
        index_types, indices = list(index_type), cgutils.unpack_tuple(builder, args[1])
    are_whole = all(isinstance(each, types.Integer) for each in index_types)
    if len(indices) != array_type.ndim or not are_whole:
        return None
    array = context.make_array(array_type)(context, builder, args[0])
    shape = cgutils.unpack_tuple(builder, array.shape)
    for n, each in enumerate(index_types):
        indices[n] = context.cast(builder, indices[n], each, types.intp)
        _check_index(context, builder, indices[n], shape[n])
    strides = cgutils.unpack_tuple(builder, array.strides)
    return cgutils.get_item_pointer2(
        context, builder, array.data, shape, strides, array_type.layout, indices
    )


@lower_builtin(operator.getitem, StateArray, types.Integer)
def _get_item(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    item = _item(context, builder, sig, args)
    if item is None:
        return arrayobj.getitem_arraynd_intp(context, builder, sig, args)
    return arrayobj.load_item(context, builder, sig.args[0], item)


@lower_builtin(operator.getitem, StateArray, types.BaseTuple)  # type: ignore[attr-defined]
def _get_item_of_several_indices(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    item = _item(context, builder, sig, args)
    if item is None:
        return arrayobj.getitem_array_tuple(context, builder, sig, args)
    return arrayobj.load_item(context, builder, sig.args[0], item)


@lower_builtin(operator.setitem, StateArray, types.Any, types.Any)
def _set_item(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    item = _item(context, builder, sig, args)
    if item is None:
        return arrayobj.setitem_array(context, builder, sig, args)
    array_type, _, value_type = sig.args
    value = context.cast(builder, args[2], value_type, array_type.dtype)
    arrayobj.store_item(context, builder, array_type, value, item)
    return context.get_dummy_value()


_ARRAYS = {
    name: StateArray(numba.from_dtype(dtype), dimensions, order_of(name), aligned=True)
    for name, (dtype, dimensions) in LAYOUT.items()
}
_OFFSETS = dict(
    zip(LAYOUT, np.cumsum([0, *(1 + d for _, d in LAYOUT.values())]).tolist(), strict=False)
)
"""Where each array's words begin in the address table."""

_THE_TYPE = HandleType()
_POINTER = cgutils.intp_t.as_pointer()


@register_model(HandleType)
class _HandleModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, _POINTER)


@typeof_impl.register(Handle)
def _typeof_handle(val: Any, c: Any) -> Any:
    return _THE_TYPE


@unbox(HandleType)
def _unbox_handle(typ: Any, obj: Any, c: Any) -> Any:
    attribute = c.pyapi.object_getattr_string(obj, "address")
    address = c.pyapi.long_as_ulonglong(attribute)
    c.pyapi.decref(attribute)
    pointer = c.builder.inttoptr(address, _POINTER)
    failed = cgutils.is_not_null(c.builder, c.pyapi.err_occurred())
    return NativeValue(pointer, is_error=failed)


@infer_getattr
class _HandleAttribute(AttributeTemplate):
    key = HandleType

    def generic_resolve(self, typ: Any, attr: str) -> Any:
        return _TABLES.get(attr) or _ARRAYS.get(attr)


@lower_getattr_generic(HandleType)
def _get_array(context: Any, builder: Any, typ: Any, value: Any, attr: str) -> Any:
    """Build the array of a field from its words in the address table."""

    def word(i: int) -> Any:
        loaded = builder.load(builder.gep(value, [cgutils.intp_t(_OFFSETS[attr] + i)]))
        # No rule writes to the address table: what is loaded once need not be loaded again.
        loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
        return loaded

    if attr in _TABLES:
        table = cgutils.create_struct_proxy(_TABLES[attr])(context, builder)
        table.data = builder.inttoptr(word(0), _POINTER)
        table.rows = word(1)
        return table._getvalue()
    array_type = _ARRAYS[attr]
    shape = [word(1 + i) for i in range(array_type.ndim)]
    if attr in ONE_ROW:
        shape = [cgutils.intp_t(1)]
    itemsize = cgutils.intp_t(LAYOUT[attr][0].itemsize)
    nearest_first = shape if array_type.layout == "F" else shape[::-1]
    strides = [itemsize]
    for extent in nearest_first[:-1]:
        strides.append(builder.mul(strides[-1], extent))
    if array_type.layout == "C":
        strides.reverse()
    array = context.make_array(array_type)(context, builder)
    data = builder.inttoptr(word(0), array.data.type)
    arrayobj.populate_array(
        array, data=data, shape=shape, strides=strides, itemsize=itemsize, meminfo=None
    )
    return array._getvalue()
