"""Manifests and their signatures, by the ways people have tried to get around such things."""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from releases import NAMESPACE, NEW, NOW, OLD, PAGE, Bench, codes
from sites import bulletin, make_site, needed, rules, tearline
from tearline import inventory
from tearline.certificate import certified, check_copy
from tearline.evidence import TICK
from tearline.inventory import checked_path, differences, take_inventory, tree_digest
from tearline.keys import KeyFault, make_key, read_key, read_signers
from tearline.manifest import MAX_BYTES, parse_manifest, policy_digest, read_manifest
from tearline.sshsig import PublicKey, SignatureFault, sign, signer


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench.at(tmp_path / "bench")


def told(bench: Bench) -> dict[str, Any]:
    offer = bench.release("one", OLD)
    return dict(json.loads(offer.manifest.read_bytes()))


def spelled(value: object) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True) + "\n").encode()


# --- the signature, with the real program -------------------------------------------------------------------------


def keygen(*arguments: str | Path, message: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    program = needed("ssh-keygen", package="openssh-client")
    return subprocess.run([program, *map(str, arguments)], input=message, capture_output=True, check=False)


def test_ssh_keygen_accepts_our_signature(bench: Bench) -> None:
    offer = bench.release("one", OLD)
    name, data = str(offer.manifest), offer.manifest.read_bytes()
    verify = ["-Y", "verify", "-f", str(bench.root / "signers"), "-I", "eoc", "-n", NAMESPACE, "-s", f"{name}.sig"]
    good = keygen(*verify, message=data)
    assert good.returncode == 0, good.stderr
    assert keygen(*verify, message=data + b" ").returncode != 0
    assert keygen(*[word.replace("eoc", "swat") if word == "eoc" else word for word in verify], message=data).returncode


@pytest.mark.parametrize("hashed", ["sha256", "sha512"])
def test_we_accept_a_signature_by_ssh_keygen(bench: Bench, hashed: str) -> None:
    offer = bench.release("one", OLD)
    offer.manifest.with_name(f"{offer.manifest.name}.sig").unlink()
    made = keygen("-Y", "sign", "-O", f"hashalg={hashed}", "-f", bench.root / "key", "-n", NAMESPACE, offer.manifest)
    assert made.returncode == 0, made.stderr
    assert certified(offer.manifest, "eoc", bench.signers, NOW)[1] == []


def test_keys_made_by_ssh_keygen_are_read_and_ours_are_read_by_it(bench: Bench, tmp_path: Path) -> None:
    assert keygen("-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "theirs").returncode == 0
    theirs = (tmp_path / "theirs.pub").read_text(encoding="ascii")
    assert theirs.startswith(str(PublicKey.of(read_key(tmp_path / "theirs"))))
    ours = keygen("-y", "-f", bench.root / "key").stdout.decode()
    assert ours.startswith(str(PublicKey.of(bench.key)))


@given(message=st.binary(max_size=200), place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_one_flipped_bit_anywhere_is_noticed(message: bytes, place: int, bit: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
    armoured = sign(message, key, NAMESPACE)
    assert signer(armoured, message, NAMESPACE) == PublicKey.of(key)
    changed = bytearray(message or b"x")
    changed[place % len(changed)] ^= 1 << bit
    with pytest.raises(SignatureFault):
        signer(armoured, bytes(changed), NAMESPACE)


def armour(raw: bytes) -> str:
    return f"-----BEGIN SSH SIGNATURE-----\n{base64.b64encode(raw).decode()}\n-----END SSH SIGNATURE-----\n"


@given(st.text(max_size=400) | st.binary(max_size=300).map(armour))
def test_no_text_breaks_the_reader_of_signatures(text: str) -> None:
    with pytest.raises(SignatureFault):
        signer(text, b"", NAMESPACE)


def test_a_signature_for_another_purpose_is_refused(bench: Bench) -> None:
    with pytest.raises(SignatureFault, match="purpose"):
        signer(sign(b"m", bench.key, "git"), b"m", NAMESPACE)


@pytest.mark.parametrize("end", range(0, 260, 13))
def test_a_signature_cut_short_is_refused(bench: Bench, end: int) -> None:
    with pytest.raises(SignatureFault):
        signer(sign(b"m", bench.key, NAMESPACE)[:end], b"m", NAMESPACE)


# --- keys ---------------------------------------------------------------------------------------------------------


def _other(kind: str) -> Callable[[Path], None]:
    def made(path: Path) -> None:
        path.unlink()
        keygen("-q", "-t", kind, "-N", "", "-f", path)

    return made


def _passphrase(path: Path) -> None:
    keygen("-q", "-p", "-N", "secret", "-f", path)


SPOILED: dict[str, tuple[Callable[[Path], object], str]] = {
    "lost": (Path.unlink, "no such file"),
    "empty": (lambda path: path.write_bytes(b"\n"), "is empty"),
    "short": (lambda path: path.write_bytes(path.read_bytes()[:200]), "not a whole"),
    "huge": (lambda path: path.write_bytes(b"x" * (1 << 20)), "too large"),
    "world-readable": (lambda path: path.chmod(0o644), "can be read or changed by others"),
    "group-readable": (lambda path: path.chmod(0o640), "can be read or changed by others"),
    "folder": (lambda path: (path.unlink(), path.mkdir()), "not a plain file"),
    "public": (lambda path: path.write_bytes(b"ssh-ed25519 AAAA me\n"), "not a whole"),
    "ecdsa": (_other("ecdsa"), "not an Ed25519 key"),
    "passphrase": (_passphrase, "passphrase"),
}


@pytest.mark.parametrize("how", SPOILED)
def test_a_key_that_cannot_be_relied_on_is_refused_in_one_line(bench: Bench, how: str) -> None:
    spoil, said = SPOILED[how]
    spoil(bench.root / "key")
    with pytest.raises(KeyFault, match=said) as fault:
        read_key(bench.root / "key")
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nobody\n",
        "eoc ssh-rsa AAAA\n",
        "eoc ssh-ed25519 !!!!\n",
        "eoc ssh-ed25519 AAAA\n",
        "* {key}\n",
        "!eoc {key}\n",
        "eoc cert-authority {key}\n",
        'eoc valid-before="20200101" {key}\n',
        'eoc namespaces="git" {key}\n',
        "{key}\n",
        "\xff",
    ],
)
def test_a_file_of_signers_with_anything_else_in_it_is_refused(bench: Bench, text: str) -> None:
    path = bench.root / "signers"
    path.write_text(text.replace("{key}", str(PublicKey.of(bench.key))), encoding="latin-1")
    with pytest.raises(KeyFault):
        read_signers(path)


def test_a_new_key_never_replaces_an_old_one(bench: Bench) -> None:
    before = (bench.root / "key").read_bytes()
    with pytest.raises(KeyFault, match="there already"):
        make_key(bench.root / "key", bench.root / "more", ["eoc"])
    with pytest.raises(KeyFault, match="there already"):
        make_key(bench.root / "key2", bench.root / "signers", ["eoc"])
    assert (bench.root / "key").read_bytes() == before
    assert not (bench.root / "key2").exists()
    assert (bench.root / "key").stat().st_mode & 0o777 == 0o600


# --- the reader ---------------------------------------------------------------------------------------------------


def test_the_same_site_gives_the_same_bytes_and_reads_back(bench: Bench) -> None:
    one, two = bench.release("one", OLD), bench.release("two", dict(reversed(OLD.items())))
    assert one.manifest.read_bytes() == two.manifest.read_bytes()
    data, read, found = read_manifest(one.manifest)
    assert found == []
    assert read is not None
    assert read.to_bytes() == data


EDITS: dict[str, Callable[[dict[str, Any]], object]] = {
    "unknown key": lambda m: m.update(note="x"),
    "unknown key of a file": lambda m: m["files"][0].update(mode=0),
    "missing key": lambda m: m.pop("verdict"),
    "wrong type": lambda m: m["files"][0].update(size="3"),
    "a truth for a number": lambda m: m["files"][0].update(size=True),
    "a fraction": lambda m: m["files"][0].update(size=8.0),
    "below zero": lambda m: m["files"][0].update(size=-1),
    "beyond counting": lambda m: m["files"][0].update(size=1 << 70),
    "another format": lambda m: m.update(format="tearline-manifest-2"),
    "no files": lambda m: m.update(files=[]),
    "a digest in capitals": lambda m: m["files"][0].update(sha256="A" * 64),
    "a digest with a line end": lambda m: m["files"][0].update(sha256="a" * 64 + "\n"),
    "a file twice": lambda m: m["files"].insert(0, m["files"][0]),
    "files out of order": lambda m: m["files"].reverse(),
    "a file in a file": lambda m: m["files"].append({**m["files"][-1], "path": "index.html/x"}),
    "a verdict on other files": lambda m: m["files"][0].update(sha256="0" * 64),
    "a recall of a page that is not there": lambda m: m.update(recalled=["2026/x/index.html"]),
    "a moment that never was": lambda m: m.update(built="2026-02-30T00:00:00Z"),
    "a moment elsewhere": lambda m: m.update(built="2026-02-03T00:00:00+01:00"),
    "an empty edition": lambda m: m.update(edition=""),
    "a terminal's orders": lambda m: m.update(edition="\x1b[31m"),
}


@pytest.mark.parametrize("how", EDITS)
def test_a_manifest_with_something_else_in_it_is_refused(bench: Bench, how: str) -> None:
    read = told(bench)
    EDITS[how](read)
    made, found = parse_manifest(spelled(read), "m.json")
    assert made is None
    assert codes(found)[0] == "manifest-unreadable"


TRAVERSALS = [
    "/etc/passwd",
    "../outside",
    "a/../../outside",
    "a//b",
    "./a",
    "a/.",
    "",
    "a\\b",
    "a\nb",
    "a\0b",
    "x" * 2000,
    "a\u202eb",
]


@pytest.mark.parametrize("path", TRAVERSALS)
def test_a_path_that_leads_out_of_the_site_is_refused(bench: Bench, path: str) -> None:
    read = told(bench)
    read["files"][0]["path"] = path
    assert parse_manifest(spelled(read), "m.json")[0] is None
    with pytest.raises(ValueError, match="not a path"):
        checked_path(path)


def test_another_spelling_of_the_same_manifest_is_refused(bench: Bench) -> None:
    read = told(bench)
    good = spelled(read)
    assert parse_manifest(good, "m.json")[0] is not None
    twice = good.replace(b'"edition": "eoc"', b'"edition": "full",\n "edition": "eoc"')
    for data in (twice, good + b"\n", good[:-1], json.dumps(read).encode(), b"\xef\xbb\xbf" + good):
        assert parse_manifest(data, "m.json")[0] is None


@pytest.mark.parametrize(
    "data", [b"", b"null", b"[" * 500_000, b'{"a":' * 100_000, b"NaN", b"\xff\xfe", b"9" * 100_000]
)
def test_no_bytes_break_the_reader(data: bytes) -> None:
    made, found = parse_manifest(data, "m.json")
    assert made is None
    assert codes(found) == ["manifest-unreadable"]
    assert "JSON" in found[0].detail


@given(st.binary(max_size=300))
def test_no_bytes_at_all_break_the_reader(data: bytes) -> None:
    assert parse_manifest(data, "m.json")[0] is None


def test_a_manifest_that_is_huge_a_link_or_a_pipe_is_refused_at_once(bench: Bench) -> None:
    for how in ("huge", "link", "pipe", "lost"):
        path = bench.root / f"{how}.json"
        if how == "huge":
            with path.open("wb") as file:
                file.truncate(MAX_BYTES + 1)
        elif how == "link":
            path.symlink_to(bench.release("one", OLD).manifest)
        elif how == "pipe":
            os.mkfifo(path)
        _, made, found = read_manifest(path)
        assert made is None
        assert codes(found) == ["manifest-missing" if how == "lost" else "manifest-unreadable"]


# --- a deployed copy ----------------------------------------------------------------------------------------------


def test_changed_missing_and_further_files_of_a_copy_are_named(bench: Bench) -> None:
    offer = bench.release("one", NEW)
    assert check_copy(offer.site, offer.manifest, "eoc", bench.signers, NOW) == []
    (offer.site / "index.html").write_text("new hume", encoding="utf-8")
    (offer.site / PAGE).unlink()
    (offer.site / ".htaccess").write_text("x", encoding="utf-8")
    (offer.site / "empty").mkdir()
    (offer.site / "link").symlink_to("/etc")
    os.mkfifo(offer.site / "pipe")
    (offer.site / os.fsdecode(b"odd-\xff\x1b")).write_text("x", encoding="utf-8")
    found = check_copy(offer.site, offer.manifest, "eoc", bench.signers, NOW)
    assert {(one.place.path.removeprefix("site-eoc/"), one.rule.name) for one in found} == {
        ("index.html", "file-changed"),
        (PAGE, "file-missing"),
        (".htaccess", "file-extra"),
        ("empty/", "file-extra"),
        ("2026/ib-2026-001/", "file-extra"),
        ("link", "site-file-kind"),
        ("pipe", "site-file-kind"),
        ("odd-\ufffd?", "site-file-kind"),
    }


def test_a_copy_that_is_a_link_is_refused(bench: Bench) -> None:
    offer = bench.release("one", NEW)
    (bench.root / "site-link").symlink_to(offer.site)
    assert "site-file-kind" in codes(check_copy(bench.root / "site-link", offer.manifest, "eoc", bench.signers, NOW))


def test_another_edition_an_unknown_key_and_a_failed_verdict_are_refused(bench: Bench) -> None:
    full = bench.release("full", NEW, edition="full")
    assert codes(certified(full.manifest, "eoc", bench.signers, NOW)[1]) == ["wrong-edition"]
    make_key(bench.root / "k2", bench.root / "eoc-only", ["eoc"])
    offer = bench.release("one", NEW)
    assert codes(certified(offer.manifest, "eoc", read_signers(bench.root / "eoc-only"), NOW)[1]) == [
        "signature-refused"
    ]
    failed = bench.release("failed", NEW, passed=False)
    assert codes(certified(failed.manifest, "eoc", bench.signers, NOW)[1]) == ["verdict-refused"]


def test_a_key_for_one_edition_does_not_sign_another(tmp_path: Path) -> None:
    bench = Bench.at(tmp_path / "bench", "full")
    offer = bench.release("one", NEW)
    found = certified(offer.manifest, "eoc", bench.signers, NOW)[1]
    assert codes(found) == ["signature-refused"]


def test_an_older_manifest_than_asked_for_and_one_of_tomorrow_are_refused(bench: Bench) -> None:
    offer = bench.release("one", NEW, built="2026-11-20T00:00:00Z")
    found = check_copy(offer.site, offer.manifest, "eoc", bench.signers, NOW, since="2026-11-21T00:00:00Z")
    assert codes(found) == ["stale-manifest"]
    early = NOW - dt.timedelta(days=9)
    assert codes(certified(offer.manifest, "eoc", bench.signers, early)[1]) == ["stale-manifest"]


def test_a_changed_manifest_is_not_covered_by_its_signature(bench: Bench) -> None:
    offer = bench.release("one", NEW)
    data = offer.manifest.read_bytes()
    offer.manifest.write_bytes(data.replace(b"2026-11-23", b"2026-11-22"))
    assert codes(certified(offer.manifest, "eoc", bench.signers, NOW)[1]) == ["signature-refused"]


def test_digests_do_not_depend_on_the_order_of_sets_or_files(bench: Bench) -> None:
    taken = take_inventory(bench.release("one", NEW).site, "x").entries
    assert tree_digest(taken) == tree_digest(reversed(taken))
    assert policy_digest({"a": {"x", "y"}, "b": 1}) == policy_digest({"b": 1, "a": {"y", "x"}})


# --- a build ------------------------------------------------------------------------------------------------------

SIGNED = "      email: desk@example.org\n      signing: {key: !ENV TEARLINE_SIGNING_KEY, signers: signers}\n"
WORDS = bulletin("IB-2026-001", "(U) Words for everybody.\n\n(U//LES) Words about Quagmire Lane.")
GONE = bulletin("IB-2026-002", "(U) Words nobody should use.", "recalled: 2026-03-01")


def signed_site(root: Path, *, les: str = WORDS) -> Path:
    from sites import CONFIGURATION

    text = CONFIGURATION.replace("      email: desk@example.org\n", SIGNED)
    make_site(root, {"2026/a.md": les, "2026/b.md": GONE}, text)
    make_key(root / "key", root / "signers", ["eoc", "full"])
    return root


def test_a_build_signs_what_it_built_and_says_so_when_it_does_not(tmp_path: Path) -> None:
    site = signed_site(tmp_path / "site")
    ran = tearline("build", cwd=site, TEARLINE_SIGNING_KEY="key")
    assert (ran.code, ran.out) == (0, "")
    for edition in ("eoc", "full"):
        copy, manifest = site / f"site-{edition}", site / f"site-{edition}.manifest.json"
        assert check_copy(copy, manifest, edition, read_signers(site / "signers"), NOW) == []
    _, read, _ = read_manifest(site / "site-eoc.manifest.json")
    assert read is not None
    assert read.recalled == ("2026/ib-2026-002/index.html",)
    assert read.banners == ("UNCLASSIFIED",)
    verify = ("verify", "site-eoc", "--edition", "eoc", "--manifest")
    assert tearline(*verify, cwd=site).code == 0
    unsigned = tearline("build", "--edition", "eoc", cwd=site)
    assert unsigned.code == 0
    assert unsigned.err.count("unsigned") == 1
    assert not (site / "site-eoc.manifest.json.sig").exists()
    assert (site / "site-full.manifest.json.sig").exists()
    assert "TL403" in tearline(*verify, cwd=site).out


def test_what_is_withheld_leaves_no_trace_in_the_manifest(tmp_path: Path) -> None:
    other = WORDS.replace("Words about Quagmire Lane.", "Altogether different words, and more of them, " * 9)
    more = bulletin("IB-2026-009", "(U//LES) All of this.", title="(U//LES) All")
    made = []
    for name, les in (("one", WORDS), ("two", other)):
        site = signed_site(tmp_path / name, les=les)
        if name == "two":
            (site / "bulletins" / "2026" / "c.md").write_text(more, encoding="utf-8")
        ran = tearline("build", "--edition", "eoc", cwd=site)
        assert ran.code == 0, ran.said
        made.append((site / "site-eoc.manifest.json").read_bytes())
    assert made[0] == made[1]


@pytest.mark.parametrize("how", ["lost", "empty", "short", "world-readable"])
def test_a_build_with_a_bad_key_is_refused_before_anything_is_read(tmp_path: Path, how: str) -> None:
    site = signed_site(tmp_path / "site")
    SPOILED[how][0](site / "key")
    ran = tearline("build", cwd=site, TEARLINE_SIGNING_KEY="key")
    assert ran.code == 2
    assert ran.said.count("\n") == 1
    assert not (site / "site-eoc").exists()


def test_an_empty_name_of_a_key_is_not_no_key(tmp_path: Path) -> None:
    site = signed_site(tmp_path / "site")
    ran = tearline("build", cwd=site, TEARLINE_SIGNING_KEY="")
    assert ran.code == 2
    assert "TL202" in ran.said


def test_a_key_that_may_not_sign_an_edition_is_refused(tmp_path: Path) -> None:
    site = signed_site(tmp_path / "site")
    (site / "signers").write_text((site / "signers").read_text().replace("eoc,full", "full"), encoding="utf-8")
    ran = tearline("build", cwd=site, TEARLINE_SIGNING_KEY="key")
    assert ran.code == 2
    assert "does not allow it for eoc" in ran.err


# --- an inventory that is taken again ------------------------------------------------------------------------------


def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read from now on."""
    read: list[str] = []
    original = inventory.measured

    def noted(path: str) -> tuple[int, str]:
        read.append(Path(path).name)
        return original(path)

    monkeypatch.setattr(inventory, "measured", noted)
    return read


def test_what_was_surely_not_touched_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    later = (tmp_path / "c").stat().st_ctime_ns + TICK + 1
    first = inventory.take_inventory(tmp_path, "site", later)
    told = (tmp_path / "b").stat()
    (tmp_path / "b").write_text("B", encoding="utf-8")
    os.utime(tmp_path / "b", ns=(told.st_atime_ns, told.st_mtime_ns))
    read = reads(monkeypatch)
    again = inventory.take_inventory(tmp_path, "site", before=first)
    assert read == ["b"]
    assert rules(differences(first.entries, again, "site")) == ["file-changed"]


def test_what_was_touched_just_before_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("a", encoding="utf-8")
    first = inventory.take_inventory(tmp_path, "site", (tmp_path / "a").stat().st_ctime_ns + TICK)
    read = reads(monkeypatch)
    assert inventory.take_inventory(tmp_path, "site", before=first).entries == first.entries
    assert read == ["a"]
