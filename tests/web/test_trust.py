"""/trust without `serve --tls`: nobody is led to install anything."""

from flask.testing import FlaskClient


def test_behind_a_proxy_there_is_nothing_to_install(visitor: FlaskClient) -> None:
    page = visitor.get("/trust", headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert "Nothing has to be installed" in page.text
    assert "roundtag-ca.crt" not in page.text
    assert visitor.get("/trust/roundtag-ca.crt").status_code == 404
