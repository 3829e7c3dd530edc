"""The desk's two tools as OpenAI's API writes them."""

TOOLS = [
    {"type": "function", "function": {"name": "find_order", "description": "What an order cost, in EUR.", "parameters": {
        "type": "object", "properties": {"number": {"type": "string"}}, "required": ["number"]}}},
    {"type": "function", "function": {"name": "refund_amount", "description": "So many percent of a total.", "parameters": {
        "type": "object", "properties": {"total": {"type": "number"}, "percent": {"type": "number"}}, "required": ["total", "percent"]}}},
]
