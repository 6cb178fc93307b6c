from tests.order.fixtures import back_office, business

__all__ = ["back_office", "business"]
