"""A demonstration removes nothing that it has not made."""

import pytest

from votecal_soap.demo.directory import MARK, demo_directory
from votecal_soap.errors import Conflict, Unavailable


def test_a_directory_with_files_of_others_is_refused_and_untouched(tmp_path):
    (tmp_path / "votecal.db").write_text("somebody's")
    with pytest.raises(Conflict), demo_directory(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["votecal.db"]


def test_an_earlier_demonstration_s_directory_is_emptied_and_kept(tmp_path):
    with demo_directory(tmp_path / "new") as directory:
        (directory / "spool").mkdir()
        (directory / "spool" / "upload-1.part").write_text("x")
    with demo_directory(directory) as again:
        assert [path.name for path in again.iterdir()] == [MARK]
    assert directory.is_dir()


def test_a_link_in_the_directory_is_removed_and_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    with demo_directory(tmp_path / "demo") as directory:
        (directory / "link").symlink_to(outside)
    with demo_directory(directory):
        assert outside.is_dir()


def test_two_demonstrations_do_not_share_a_directory(tmp_path):
    with demo_directory(tmp_path / "demo") as directory, pytest.raises(Unavailable), demo_directory(directory):
        pass


def test_without_a_directory_nothing_is_left():
    with demo_directory(None) as directory:
        (directory / "votecal.db").write_text("x")
    assert not directory.exists()
