"""Files beside the text: nothing but pixels gets through, and nothing but files beside the bulletin."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from tearline.assets import AssetError, asset_path, read_asset, rebuilt

WORD = b"zanzibar"


def jpeg(*, orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = WORD.decode()
    exif[ExifTags.Base.Orientation] = orientation
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(out, "JPEG", exif=exif, comment=WORD, icc_profile=WORD)
    return out.getvalue() + WORD


def png(mode: str = "RGB") -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", WORD.decode())
    notes.add_itxt("Title", WORD.decode(), zip=True)
    out = io.BytesIO()
    Image.new(mode, (40, 20)).save(out, "PNG", pnginfo=notes, icc_profile=WORD)
    return out.getvalue() + WORD


@pytest.mark.parametrize("data", [jpeg(), png(), png("P"), png("1"), png("RGBA"), png("LA"), png("I;16")])
def test_a_rebuilt_image_holds_pixels_only(data: bytes) -> None:
    clean, suffix = rebuilt(data)
    with Image.open(io.BytesIO(clean)) as picture:
        picture.load()
        assert picture.size == (40, 20)
        assert not picture.getexif()
        assert not {"icc_profile", "comment", "Author", "Title"} & picture.info.keys()
    assert WORD in data
    assert WORD not in clean
    assert suffix in {".png", ".jpg"}


def test_the_same_pixels_make_the_same_file_whatever_else_the_source_held() -> None:
    bare = io.BytesIO()
    Image.new("RGB", (40, 20)).save(bare, "PNG")
    assert rebuilt(png()) == rebuilt(bare.getvalue())


def test_a_turned_photograph_is_turned_before_its_metadata_goes() -> None:
    clean, _ = rebuilt(jpeg(orientation=6))
    with Image.open(io.BytesIO(clean)) as picture:
        assert picture.size == (20, 40)


@pytest.mark.parametrize("data", [b"", b"junk", b"%PDF-1.7", b"<svg/>", png()[:60], b"GIF89a" + bytes(50)])
def test_what_is_no_readable_png_or_jpeg_is_refused(data: bytes) -> None:
    with pytest.raises(AssetError, match="not a readable PNG or JPEG"):
        rebuilt(data)


def test_an_image_with_too_many_pixels_is_refused() -> None:
    out = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(out, "PNG")
    with pytest.raises(AssetError):
        rebuilt(out.getvalue())


@pytest.mark.parametrize("name", ["../x.png", "/etc/passwd", "a/../../x.png", "~/x.png", "a\\x.png", ".", ""])
def test_a_file_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "x.png").write_bytes(png())
    with pytest.raises(AssetError, match="beside the document"):
        asset_path(tmp_path / "sub", name)


def test_links_and_special_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "real.png").write_bytes(png())
    (tmp_path / "link.png").symlink_to(tmp_path / "real.png")
    (tmp_path / "folder").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.png")
    for name, why in (
        ("link.png", "links"),
        ("folder/real.png", "links"),
        ("pipe.png", "plain file"),
        ("no.png", "no such"),
        ("nul\0.png", "no such"),
    ):
        with pytest.raises(AssetError, match=why):
            asset_path(tmp_path, name)


def test_a_file_is_named_by_the_digest_of_what_is_published(tmp_path: Path) -> None:
    path = tmp_path / "informant-house.PNG"
    path.write_bytes(png())
    asset = read_asset(path, raster=True)
    assert asset.name.endswith(".png")
    assert "informant" not in asset.name
    assert read_asset(path, raster=True) == asset


@pytest.mark.parametrize("name", ["page.html", "page.MD", "run.js", "feed.xml", "plain", "plan.les-informant", ".git"])
def test_what_a_browser_would_run_or_the_renderer_take_for_a_page_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(AssetError, match="not published"):
        read_asset(tmp_path / name, raster=False)


def test_an_attachment_is_kept_verbatim_under_a_neutral_name(tmp_path: Path) -> None:
    (tmp_path / "informant.PDF").write_bytes(b"%PDF-1.7 words")
    asset = read_asset(tmp_path / "informant.PDF", raster=False)
    assert asset.data == b"%PDF-1.7 words"
    assert asset.name.endswith(".pdf")
    assert "informant" not in asset.name
