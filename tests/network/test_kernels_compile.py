"""kernels.cu compiled for real, for four generations of GPUs; that needs neither a GPU nor a driver."""

import ctypes
import re
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, files

import pytest

from lstm_from_scratch.network.kernels import NAMES, SOURCE

ARCHITECTURES = ["sm_75", "sm_80", "sm_90", "sm_120"]  # Turing, Ampere, Hopper, Blackwell
WHEEL = "nvidia-cuda-nvrtc"


class CompileError(Exception):
    """What the compiler said."""


def nvcc(code, architecture, folder):
    """A cubin by CUDA's compiler driver."""
    source, cubin = folder / "kernels.cu", folder / "kernels.cubin"
    source.write_text(code)
    command = ["nvcc", "-cubin", f"-arch={architecture}", "-Werror", "all-warnings", "-o", cubin, source]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise CompileError(done.stderr)
    return cubin.read_bytes()


def nvrtc(code, architecture, folder):
    """A cubin by the library that CuPy compiles with."""
    library = ctypes.CDLL(str(find_nvrtc()))
    program, size = ctypes.c_void_p(), ctypes.c_size_t()
    assert library.nvrtcCreateProgram(ctypes.byref(program), code.encode(), b"kernels.cu", 0, None, None) == 0
    options = [f"--gpu-architecture={architecture}".encode(), b"--std=c++17"]
    failed = library.nvrtcCompileProgram(program, len(options), (ctypes.c_char_p * len(options))(*options))
    kind = "ProgramLog" if failed else "CUBIN"
    getattr(library, f"nvrtcGet{kind}Size")(program, ctypes.byref(size))
    found = ctypes.create_string_buffer(size.value)
    getattr(library, f"nvrtcGet{kind}")(program, found)
    library.nvrtcDestroyProgram(ctypes.byref(program))
    if failed:
        raise CompileError(found.value.decode())
    return found.raw


def find_nvrtc():
    """The library in its wheel, or None."""
    try:
        found = [f for f in files(WHEEL) or () if f.name.startswith("libnvrtc.so")]
    except PackageNotFoundError:
        return None
    return found[0].locate() if found else None


@pytest.fixture(params=[nvcc, nvrtc], ids=lambda f: f.__name__)
def compiler(request):
    if request.param is nvcc and not (shutil.which("nvcc") and shutil.which("g++")):
        pytest.skip("nvcc, or the g++ that it calls, is not here: no kernel is compiled by it")
    if request.param is nvrtc and not find_nvrtc():
        pytest.skip(f"{WHEEL} is not installed: no kernel is compiled by NVRTC")
    return request.param


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_kernels_compile(compiler, architecture, tmp_path):
    try:
        cubin = compiler(SOURCE.read_text(), architecture, tmp_path)
    except CompileError as error:
        if re.search("gpu.architecture", str(error)):
            pytest.skip(f"this {compiler.__name__} is too old or too new for {architecture}")
        raise
    assert cubin.startswith(b"\x7fELF")
    for name in NAMES:
        assert f".text.{name}\0".encode() in cubin


def test_what_is_no_cuda_does_not_compile(compiler, tmp_path):
    with pytest.raises(CompileError, match="threadIndex"):
        compiler(SOURCE.read_text().replace("threadIdx.x", "threadIndex.x"), "sm_90", tmp_path)


def test_more_shared_memory_than_there_is_does_not_compile(compiler, tmp_path):
    with pytest.raises(CompileError, match="shared"):
        compiler(SOURCE.read_text().replace("DEPTH = 64", "DEPTH = 256"), "sm_75", tmp_path)
