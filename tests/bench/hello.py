"""`flask --app tests.bench.hello run`: the least that answers."""

from flask import Flask

app = Flask("hello")


@app.get("/")
def hello() -> str:
    return "hello"
