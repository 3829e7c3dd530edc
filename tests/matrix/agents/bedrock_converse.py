"""Bedrock's Converse API by boto3, with a tool loop of one's own. One line: agent = ArcTracer("orders").trace_agent(agent)"""

import boto3
import desk
from openai_tools import TOOLS

FUNCTIONS = {"find_order": desk.order_total, "refund_amount": desk.share}
SPECS = [{"toolSpec": {"name": one["function"]["name"], "description": one["function"]["description"], "inputSchema": {"json": one["function"]["parameters"]}}}
         for one in TOOLS]


def build():
    client = boto3.client("bedrock-runtime", region_name="eu-west-1", endpoint_url=desk.MODEL_URL, aws_access_key_id="none", aws_secret_access_key="none")

    def order_agent(question):
        messages = [{"role": "user", "content": [{"text": question}]}]
        while True:
            answer = client.converse(modelId="anthropic.claude-sonnet-4-5", messages=messages, system=[{"text": desk.SYSTEM}], toolConfig={"tools": SPECS})
            message = answer["output"]["message"]
            messages.append(message)
            calls = [block["toolUse"] for block in message["content"] if "toolUse" in block]
            if not calls:
                return message["content"][0]["text"]
            messages.append({"role": "user", "content": [
                {"toolResult": {"toolUseId": call["toolUseId"], "content": [{"text": str(FUNCTIONS[call["name"]](**call["input"]))}]}} for call in calls]})
    return order_agent


desk.go(build, lambda agent: agent(desk.QUESTION))
