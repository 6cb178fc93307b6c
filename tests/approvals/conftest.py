from tests.order.fixtures import business

__all__ = ["business"]
