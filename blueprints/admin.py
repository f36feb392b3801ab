from flask import Blueprint, Response, jsonify

from roundtag import db, queue, static_files

blueprint = Blueprint("admin", __name__)


@blueprint.get("/healthz")
def healthz() -> tuple[Response, int]:
    """Whether this process can answer: reads one row; says which database and queue it uses."""
    db.database.execute_sql("SELECT 1").fetchone()
    return jsonify(
        status="ok", database=db.kind(), queue=queue.health(), build=static_files.build()
    ), 200
