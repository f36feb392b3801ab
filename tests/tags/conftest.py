import pytest

from tags import stock


@pytest.fixture(params=stock.names())
def chosen(request: pytest.FixtureRequest) -> stock.Stock:
    """Every label stock in turn."""
    return stock.get(request.param)
