"""The server's own description, which its replies are held against."""

import copy
import re

from jsonschema import Draft202012Validator

METHODS = {"get", "put", "post", "delete", "patch"}


def strict(schema):
    """The same schema, but that an object has no members beside those described: none may be forgotten there."""
    if isinstance(schema, list):
        return [strict(element) for element in schema]
    if not isinstance(schema, dict):
        return schema
    if "anyOf" in schema and "properties" in schema:
        return schema
    schema = {name: strict(value) if name != "examples" else value for name, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema:
        schema["additionalProperties"] = False
    return schema


class DescribedInterface:
    def __init__(self, document):
        self.document = document
        self.schemas = {name: strict(schema) for name, schema in document["components"]["schemas"].items()}
        self.seen = set()
        self.templates = [
            (re.compile("^" + re.sub(r"\\{[^/]+\\}", "[^/]+", re.escape(path)) + "$"), path) for path in document["paths"]
        ]

    def operations(self):
        """Path, method and description of each."""
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                yield path, method, operation

    def template(self, path):
        """The path of the document that a request's path is of; the one with the fewest variables."""
        path = path.split("?")[0].rstrip("/") or "/"
        found = [template for pattern, template in self.templates if pattern.match(path)]
        return min(found, key=lambda template: template.count("{"), default=None)

    def resolved(self, node):
        while "$ref" in node:
            target = self.document
            for step in node["$ref"].split("/")[1:]:
                target = target[step]
            node = target
        return node

    def validate(self, schema, value):
        validator = Draft202012Validator({"components": {"schemas": self.schemas}, **strict(copy.deepcopy(schema))})
        errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]
        assert not errors, errors

    def check(self, method, path, reply):
        assert "X-Request-ID" in reply.headers
        template = self.template(path)
        if reply.status == 405 or template is None:
            if method != "HEAD":
                self.validate({"$ref": "#/components/schemas/Error"}, reply.json)
            return
        described = self.document["paths"][template].get("get" if method == "HEAD" else method.lower())
        assert described is not None, f"{method} {template} is not described and answered {reply.status}"
        responses = described["responses"]
        assert str(reply.status) in responses, f"{method} {template} answered {reply.status}: {reply.body[:300]}"
        self.seen.add((template, method.lower(), reply.status))
        response = self.resolved(responses[str(reply.status)])
        for name, header in response.get("headers", {}).items():
            header = self.resolved(header)
            assert name in reply.headers or not header.get("required"), f"{method} {template}: no {name}"
        if method == "HEAD":
            assert reply.body == b""
            return
        media_type = reply.headers["Content-Type"].split(";")[0]
        assert media_type in response["content"], f"{method} {template} answered {media_type}"
        value = reply.json if media_type == "application/json" else reply.text
        self.validate(response["content"][media_type]["schema"], value)
