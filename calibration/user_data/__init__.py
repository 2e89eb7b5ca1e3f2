"""The model beside a user's table of counts or values."""

from calibration.user_data.comparison import TableComparison, compare_with_table
from calibration.user_data.user_table import ComparisonRequest

__all__ = ["ComparisonRequest", "TableComparison", "compare_with_table"]
