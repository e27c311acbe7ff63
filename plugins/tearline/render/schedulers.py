"""Where editions are rendered when not here: what was typed and the environment -> the cluster of each edition.

This knows nothing of Dask, so that a build without a cluster does not need it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

ADDRESS: Final = "TEARLINE_CLUSTER_ADDRESS"  # how the renderer is told; whoever builds types it
CA: Final = "TEARLINE_CLUSTER_CA"
CERT: Final = "TEARLINE_CLUSTER_CERT"
KEY: Final = "TEARLINE_CLUSTER_KEY"
_FILES: Final = (CA, CERT, KEY)
_EDITION: Final = "{edition}"  # in a file's name: another one for each edition
_ADDRESS: Final = re.compile(r"tls://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")


class ClusterError(Exception):
    """A cluster cannot do what it is asked to. The message is one line, and quotes nothing that was rendered."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A scheduler's address, and the files by which it and we know each other: authority, certificate, key."""

    address: str
    authority: Path
    certificate: Path
    key: Path

    def told(self) -> dict[str, str]:
        """The environment by which the renderer is told of it."""
        return {ADDRESS: self.address, CA: str(self.authority), CERT: str(self.certificate), KEY: str(self.key)}


def told_of(environ: Mapping[str, str]) -> Cluster | None:
    """The cluster that ``Cluster.told`` wrote into the environment; None where it wrote none."""
    if ADDRESS not in environ:
        return None
    return Cluster(environ[ADDRESS], *(Path(environ[name]) for name in _FILES))


def clusters(typed: Sequence[str], editions: Sequence[str], environ: Mapping[str, str]) -> dict[str, Cluster]:
    """The cluster of each edition that has one.

    ``typed`` are ``tls://host:port``, for all ``editions``, or ``edition=tls://host:port``, for one. Raises
    ``ClusterError`` where that is wrong, Dask is not installed, or the environment does not name the files.
    """
    if typed and find_spec("distributed") is None:
        raise ClusterError("--scheduler needs Dask, which is not installed: pip install 'tearline[cluster]'")
    found: dict[str, Cluster] = {}
    for one in typed:
        for edition, address in _meant(one, editions):
            if edition in found:
                raise ClusterError(f"--scheduler names two schedulers for the edition {edition}")
            found[edition] = Cluster(address, *(_file(name, edition, environ) for name in _FILES))
    return found


def _meant(one: str, editions: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The editions and the address that one option means."""
    name, _, address = one.rpartition("=")
    if name and name not in editions:
        raise ClusterError(f"--scheduler names an edition that is not rendered; these are: {', '.join(editions)}")
    if not _ADDRESS.fullmatch(address):
        raise ClusterError("--scheduler takes tls://host:port; released text goes to a cluster over TLS or not at all")
    for edition in [name] if name else editions:
        yield edition, address


def _file(name: str, edition: str, environ: Mapping[str, str]) -> Path:
    """The file that a variable names for an edition."""
    if not environ.get(name):
        raise ClusterError(
            f"--scheduler needs {', '.join(_FILES)}: the files of its authority, our certificate and key"
        )
    path = Path(environ[name].replace(_EDITION, edition)).absolute()
    if not path.is_file() or not os.access(path, os.R_OK):
        raise ClusterError(f"{name} names no file that can be read for the edition {edition}")
    return path
