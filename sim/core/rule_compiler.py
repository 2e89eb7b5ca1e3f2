"""How numba compiles rules: each is translated once, and all that an entry reaches optimised once.

Left alone, numba optimises a function together with all that it calls, then each caller with all of
that again, and makes of each of them machine code that Python can call. Here a rule that compiled
code calls is only translated, to LLVM's language. A rule that Python calls is an entry: it is
linked with the translations of all that it reaches, and LLVM, which then knows every caller,
optimises the whole. Translations are kept on disk beside the entries.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import count
from typing import Any

import numba
from llvmlite import binding
from numba.core import bytecode, compiler, typed_passes, untyped_passes
from numba.core.caching import CompileResultCacheImpl, FunctionCache, IndexDataCacheFile
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler_machinery import PassManager

Told = Callable[[str, int, int], None]

# Translations bring the helpers of numba's that they call, named with running numbers. Counted from
# a number of its own, no process gives two helpers one name with another process.
bytecode.FunctionIdentity._unique_ids = count(secrets.randbits(60))

_OPTIMISING = 0.4
"""Time that the optimiser takes of a rule, in terms of what its translation takes."""

_PASSES = (
    untyped_passes.TranslateByteCode,
    untyped_passes.FixupArgs,
    untyped_passes.IRProcessing,
    untyped_passes.GenericRewrites,
    untyped_passes.ReconstructSSA,
    typed_passes.NopythonTypeInference,
    typed_passes.PreLowerStripPhis,
    typed_passes.IRLegalization,
    typed_passes.NativeLowering,
    typed_passes.NoPythonBackend,
)
"""What numba must do for functions of scalars, without closures, array expressions or optional
arguments. Its other passes change nothing in them, and each looks through the whole function."""


class _Translation(JITCodeLibrary):
    """A rule in LLVM's language, as written, for entries to link."""

    def __init__(self, codegen: Any, name: str, origin: tuple[str, str, tuple[Any, ...]]) -> None:
        super().__init__(codegen, name)
        self.origin = origin

    def finalize(self) -> None:
        """Leave the code to the entries, which optimise it together with its callers."""
        self._finalized = True

    def _get_module_for_linking(self) -> Any:
        return self._final_module

    @property
    def called(self) -> list[_Translation]:
        """Return the translations of the rules that this one calls."""
        return [other for other in self._linking_libraries if isinstance(other, _Translation)]

    def to_bitcode(self) -> bytes:
        """Return the code, with all that it needs besides other rules."""
        module = self._final_module.clone()
        for other in self._linking_libraries:
            if not isinstance(other, _Translation):
                module.link_in(other._get_module_for_linking(), preserve=True)
        return module.as_bitcode()  # type: ignore[no-any-return]


class _Entry(JITCodeLibrary):
    """A rule that Python calls, with all that it reaches."""

    _linking_libraries: list[Any]

    def finalize(self) -> None:
        """Link all that the rule reaches, and make machine code of it."""
        self._own = {function.name for function in _shown(self._final_module)}
        found = dict[Any, None]()
        left: list[Any] = [*self._linking_libraries]
        while left:
            library = left.pop()
            if library not in found:
                found[library] = None
                # The others are whole in themselves.
                left += library._linking_libraries if isinstance(library, _Translation) else ()
        # Helpers of numba's are linked where something calls them: so after the rules.
        self._linking_libraries = sorted(found, key=lambda lib: not isinstance(lib, _Translation))
        super().finalize()

    def _optimize_final_module(self) -> None:
        # What nobody else can call may be inlined where it is called once, and then left out.
        for function in _shown(self._final_module):
            if function.name not in self._own:
                function.linkage = "internal"
        super()._optimize_final_module()


def _shown(module: Any) -> Iterator[Any]:
    """Yield the functions of a module that other modules may call."""
    shown = (binding.Linkage.external, binding.Linkage.linkonce_odr)
    for function in module.functions:
        if not function.is_declaration and function.linkage in shown:
            yield function


class _Translator(compiler.CompilerBase):
    """Translate a rule for those that call it in compiled code."""

    def define_pipelines(self) -> list[PassManager]:
        """Prepare the library that the translation goes to; return the passes."""
        state = self.state
        state.flags.no_compile = state.flags.no_cpython_wrapper = True
        function = state.func_id
        origin = function.modname, function.func_qualname, tuple(state.args)
        state.library = _Translation(state.targetctx.codegen(), function.func_qualname, origin)
        self.name(function)
        return [self.passes()]

    def name(self, function: Any) -> None:
        """Give the rule the same name in every process, in place of one with a running number.

        A translation from one process may call one from another: several compile at once, or one
        goes on where another was stopped.
        """
        function.unique_id = 0

    def passes(self) -> PassManager:
        """Return what numba does to translate the rule."""
        passes = PassManager("rule")
        for each in _PASSES:
            passes.add_pass(each, each.__name__)
        passes.finalize()
        return passes

    def compile_extra(self, func: Any) -> Any:
        """Translate a function; return what callers need to link it."""
        progress.tell(func.__name__)
        result = super().compile_extra(func)
        progress.add(1.0)
        key = _new_key()
        result.target_context.insert_user_function(key, result.fndesc, [result.library])
        return result._replace(entry_point=key)


class _UserTranslator(_Translator):
    """Translate a user's rule, which may be written in whatever way numba knows."""

    def name(self, function: Any) -> None:
        """Leave the name with its running number: two rules may have the same name and module."""

    def passes(self) -> PassManager:
        """Return what numba does by default."""
        return compiler.DefaultPassBuilder.define_nopython_pipeline(self.state)


class _EntryCompiler(compiler.CompilerBase):
    """Make what Python calls of a rule's translation."""

    def compile_extra(self, func: Any) -> Any:
        """Link, optimise and wrap a rule."""
        args, context = tuple(self.state.args), self.state.targetctx
        func.translated.compile(args)
        rule = func.translated.overloads[args]
        library = _Entry(context.codegen(), rule.library.name)
        library.enable_object_caching()
        library._final_module.link_in(rule.library._final_module, preserve=True)
        library._linking_libraries = [*rule.library._linking_libraries]
        context.create_cpython_wrapper(
            library, rule.fndesc, rule.environment, rule.call_helper, release_gil=True
        )
        progress.tell(f"optimising {func.__name__}")
        callable_ = context.get_executable(library, rule.fndesc, rule.environment)
        progress.add(_OPTIMISING * len(library._linking_libraries))
        return rule._replace(library=library, entry_point=callable_, metadata={})


class _TranslationOnDisk(CompileResultCacheImpl):
    """Keep translations in files of their own, each with the names of the rules it calls."""

    @property
    def filename_base(self) -> str:
        return f"translated.{super().filename_base}"

    def reduce(self, result: Any) -> tuple[Any, ...]:
        library, about = result.library, result.fndesc
        about.typemap = about.calltypes = None
        called = [other.origin for other in library.called]
        code = library.to_bitcode()
        return library.origin, code, called, about, result.signature, result.environment

    def rebuild(self, target_context: Any, payload: tuple[Any, ...]) -> Any:
        origin, code, called, about, signature, environment = payload
        library = _Translation(target_context.codegen(), about.qualname, origin)
        library._final_module = binding.parse_bitcode(code)
        library.finalize()
        for module, name, args in called:
            other = getattr(import_module(module), name).translated
            other.compile(args)
            library.add_linking_library(other.overloads[args].library)
        progress.add(1.0)
        return compiler.compile_result(
            typing_context=target_context.typing_context,
            target_context=target_context,
            entry_point=_new_key(),
            objectmode=False,
            lifted=(),
            signature=signature,
            fndesc=about,
            library=library,
            environment=environment,
        )


class CodeFiles(IndexDataCacheFile):
    """Keep what is compiled of a rule in one file for each signature, named by it.

    Numba numbers the files. Of two processes that compile at once each may then take the number of
    the other's, and a signature be given the code of another.
    """

    def save(self, key: Any, data: Any) -> None:
        """Keep what was compiled for a signature."""
        number = int(hashlib.sha256(repr(key).encode()).hexdigest()[:12], 16)
        name = self._data_name(number)
        self._save_data(name, data)
        self._save_index(self._load_index() | {key: name})


class _EntryCache(FunctionCache):
    def __init__(self, function: Any) -> None:
        super().__init__(function)
        self._cache_file = CodeFiles(
            self._cache_path,
            self._impl.filename_base,
            self._impl.locator.get_source_stamp(),
        )


class _TranslationCache(_EntryCache):
    _impl_class = _TranslationOnDisk


def _new_key() -> Any:
    """Return what stands for a rule that Python cannot call: numba asks for a built-in function."""
    return [].append


class _Progress:
    """Tell those who watch which rule is compiled, and how many are done of how many there are."""

    def __init__(self) -> None:
        self.watchers: list[Told] = []
        self.rules = 0
        self.done = 0.0

    def add(self, done: float) -> None:
        self.done += done

    def tell(self, what: str) -> None:
        total = int(self.rules * (1.0 + _OPTIMISING))
        for told in self.watchers:
            told(what, min(int(self.done), total), total)


progress = _Progress()


def compiled(function: Any, is_own: bool, is_kept: bool) -> Any:
    """Return a rule that Python and other rules may call, compiled when one first does.

    It is the package's if ``is_own``, else a user's; what is compiled of it is kept on disk if
    ``is_kept``.
    """
    options = {
        "boundscheck": True,
        "error_model": "numpy",
        "nogil": True,
        "no_cfunc_wrapper": True,
        "_nrt": False,
    }
    translator = _Translator if is_own else _UserTranslator
    translated = numba.njit(pipeline_class=translator, **options)(function)
    function.translated = translated
    entry = numba.njit(pipeline_class=_EntryCompiler, **options)(function)
    progress.rules += is_own
    if is_kept:
        entry._cache, translated._cache = _EntryCache(function), _TranslationCache(function)

    def get_call_template(args: Any, kws: Any) -> Any:
        # A number in the code of a caller would have a type, and compiled code, of its own.
        return translated.get_call_template(tuple(map(numba.types.unliteral, args)), kws)

    entry.get_call_template, entry.get_overload = get_call_template, translated.get_overload
    return entry
