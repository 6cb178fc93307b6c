"""`python -m bench NAME …`: every claim the project makes, as a command that anyone can run."""

import typer

from bench import guard, orders, refunds, routing

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True, help=__doc__)
app.command("routing")(routing.run)
app.command("orders")(orders.run)
app.command("refunds")(refunds.run)
app.command("guard")(guard.run)


@app.callback()
def bench() -> None:
    """Measures; prints what it compared against and how. Only `refunds` judges what it finds."""


if __name__ == "__main__":
    app()
