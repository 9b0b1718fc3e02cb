import pytest

from price import price

runs = {"flaps": 0}


def test_adds():
    assert round(price(100)) == 119


def test_breaks():
    assert round(price(100)) == 120


def test_flaps():
    runs["flaps"] += 1
    assert runs["flaps"] == 2


@pytest.mark.skip(reason="needs a till")
def test_later():
    pass


@pytest.mark.xfail(reason="bug 7")
def test_known():
    assert False


@pytest.mark.xfail(reason="bug 8", strict=True)
def test_works_by_now():
    pass


@pytest.mark.parametrize("n", [1, 2, 3])
def test_times(n):
    assert n != 2


@pytest.fixture
def database():
    raise RuntimeError("no database")


def test_needs_a_database(database):
    pass


@pytest.fixture
def till():
    yield
    raise RuntimeError("the till is stuck")


def test_passes_before_the_teardown(till):
    pass
