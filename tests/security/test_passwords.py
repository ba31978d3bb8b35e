"""Passwords: what is kept costs whoever guesses, and says nothing of who works here."""

import importlib.util

from argon2 import PasswordHasher

from lumi_desk.security import passwords


def test_the_cost_is_the_one_the_library_recommends() -> None:
    # As it is shipped: tests hash cheaply, see conftest.
    spec = importlib.util.find_spec(passwords.__name__)
    assert spec is not None
    assert spec.loader is not None
    shipped = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(shipped)
    recommended = PasswordHasher()
    assert not recommended.check_needs_rehash(shipped.hashed("a good long password"))
    assert not recommended.check_needs_rehash(shipped.NOBODYS)


def test_a_password_fits_its_hash_alone() -> None:
    kept = passwords.hashed("a good long password")
    assert passwords.fits(kept, "a good long password")
    assert not passwords.fits(kept, "another long password")
    assert passwords.hashed("a good long password") != kept
    assert not passwords.fits("no hash", "a good long password")
