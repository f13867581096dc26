"""What can be wrong with a request of the interchange; answered as OperationOutcome."""

from common.errors import DomainError
from common.text import Text


class ParameterUnknown(DomainError):
    """A search parameter that this resource does not have."""

    status = 400
    code = "fhir.parameter_unknown"
    text = Text("不支持查询参数 {name}；可用：{known}。", "There is no parameter {name}; there are: {known}.")


class ParameterWrong(DomainError):
    """A search parameter's value cannot be read."""

    status = 400
    code = "fhir.parameter_wrong"
    text = Text(
        "查询参数 {name} 的值不正确，应为：{wanted}。", "The value of {name} is not valid; wanted: {wanted}."
    )


class FormatUnknown(DomainError):
    """Only JSON is spoken."""

    status = 406
    code = "fhir.format_unknown"
    text = Text("仅提供 application/fhir+json。", "Only application/fhir+json is spoken here.")
