// SPDX-License-Identifier: Apache-2.0
internal import Core

/// The admin port described for machines (OpenAPI 3.1); a test holds it against the routes.
enum OpenAPIDocument {
    static let bytes = Bytes(text)

    private static let text = #"""
        {
          "openapi": "3.1.0",
          "info": {
            "title": "Apus admin API",
            "version": "1",
            "description": "Health, metrics and control of one gateway node."
          },
          "security": [{"adminKey": []}],
          "paths": {
            "/livez": {"get": {
              "operationId": "livez", "security": [],
              "summary": "Whether the process lives; asks nobody else.",
              "responses": {"200": {"$ref": "#/components/responses/Text"}}
            }},
            "/readyz": {"get": {
              "operationId": "readyz", "security": [],
              "summary": "Whether new requests are taken.",
              "responses": {
                "200": {"$ref": "#/components/responses/Text"},
                "503": {"description": "The node drains.", "content": {"text/plain": {}}}
              }
            }},
            "/healthz": {"get": {
              "operationId": "healthz", "security": [],
              "summary": "Readiness with the name of the node and its configuration.",
              "responses": {
                "200": {"$ref": "#/components/responses/Health"},
                "503": {"$ref": "#/components/responses/Health"}
              }
            }},
            "/metrics": {"get": {
              "operationId": "metrics", "security": [],
              "summary": "Metrics in Prometheus text, or OpenMetrics when asked for.",
              "responses": {"200": {"description": "Metrics.", "content": {
                "text/plain": {}, "application/openmetrics-text": {}}}}
            }},
            "/admin/v1/status": {"get": {
              "operationId": "status",
              "summary": "What the node is and has open.",
              "responses": {
                "200": {"description": "The state.", "content": {"application/json":
                  {"schema": {"$ref": "#/components/schemas/Status"}}}},
                "401": {"$ref": "#/components/responses/Error"}
              }
            }},
            "/admin/v1/config": {"get": {
              "operationId": "config",
              "summary": "The configuration in use: names and numbers, no keys.",
              "responses": {
                "200": {"description": "The configuration.", "content": {"application/json":
                  {"schema": {"$ref": "#/components/schemas/Config"}}}},
                "401": {"$ref": "#/components/responses/Error"}
              }
            }},
            "/admin/v1/members": {"get": {
              "operationId": "members",
              "summary": "All members, those of other regions as these said; who accused whom.",
              "responses": {
                "200": {"description": "The members.", "content": {"application/json":
                  {"schema": {"$ref": "#/components/schemas/Members"}}}},
                "401": {"$ref": "#/components/responses/Error"}
              }
            }},
            "/admin/v1/cluster": {"get": {
              "operationId": "cluster",
              "summary": "Every node of the cluster as it describes itself, or why it does not.",
              "responses": {
                "200": {"description": "The nodes.", "content": {"application/json":
                  {"schema": {"$ref": "#/components/schemas/Cluster"}}}},
                "401": {"$ref": "#/components/responses/Error"}
              }
            }},
            "/admin/v1/explain": {"get": {
              "operationId": "explain",
              "parameters": [{"name": "request", "in": "query", "required": true,
                "schema": {"type": "string"},
                "description": "The id of a request, as x-request-id told it."}],
              "summary": "What every node wrote down of a request lately, within a second.",
              "responses": {
                "200": {"description": "Access records by node.", "content":
                  {"application/json": {"schema": {"$ref": "#/components/schemas/Explanation"}}}},
                "400": {"$ref": "#/components/responses/Error"},
                "401": {"$ref": "#/components/responses/Error"}
              }
            }},
            "/admin/v1/reload": {"post": {
              "operationId": "reload",
              "summary": "Reads the configuration file anew and puts it in use if it is good.",
              "responses": {
                "200": {"description": "In use.", "content": {"application/json":
                  {"schema": {"$ref": "#/components/schemas/Reloaded"}}}},
                "401": {"$ref": "#/components/responses/Error"},
                "422": {"description": "It cannot be used; the one before stays.",
                  "content": {"application/json":
                    {"schema": {"$ref": "#/components/schemas/Refused"}}}}
              }
            }},
            "/admin/v1/drain": {"post": {
              "operationId": "drain",
              "parameters": [{"name": "node", "in": "query", "schema": {"type": "string"},
                "description": "NAME or REGION/NAME of any member; this node without it."}],
              "summary": "Takes nothing new, finishes what is under way, then ends the process.",
              "responses": {
                "202": {"description": "It drains.", "content": {"application/json":
                  {"schema": {"$ref": "#/components/schemas/Draining"}}}},
                "401": {"$ref": "#/components/responses/Error"}
              }
            }},
            "/admin/v1/openapi.json": {"get": {
              "operationId": "openapi",
              "summary": "This document.",
              "responses": {
                "200": {"description": "OpenAPI 3.1.", "content": {"application/json": {}}},
                "401": {"$ref": "#/components/responses/Error"}
              }
            }}
          },
        """# + components

    private static let components = #"""

          "components": {
            "securitySchemes": {
              "adminKey": {"type": "http", "scheme": "bearer"}
            },
            "responses": {
              "Text": {"description": "Yes.", "content": {"text/plain": {}}},
              "Health": {"description": "The health.", "content": {"application/json":
                {"schema": {"type": "object",
                  "required": ["status", "node", "generation"],
                  "properties": {
                    "status": {"enum": ["ok", "draining"]},
                    "node": {"type": "string"},
                    "generation": {"type": "integer"}}}}}},
              "Error": {"description": "Refused.", "content": {"application/json":
                {"schema": {"$ref": "#/components/schemas/Error"}}}}
            },
            "schemas": {
              "Error": {"type": "object", "required": ["error"], "properties": {
                "error": {"type": "object", "required": ["message", "type", "param", "code"],
                  "properties": {
                    "message": {"type": "string"},
                    "type": {"enum": ["authentication_error", "invalid_request_error"]},
                    "param": {"type": "null"},
                    "code": {"type": "string"},
                    "findings": {"type": "array",
                      "items": {"$ref": "#/components/schemas/Finding"}}}}}},
              "Finding": {"type": "object", "required": ["file", "message"], "properties": {
                "file": {"type": "string"},
                "line": {"type": "integer", "minimum": 1},
                "column": {"type": "integer", "minimum": 1},
                "message": {"type": "string"}}},
              "Refused": {"allOf": [{"$ref": "#/components/schemas/Error"},
                {"type": "object", "properties": {"generation": {"type": "integer"}}}]},
              "Reloaded": {"type": "object",
                "required": ["generation", "remarks", "waiting_for_restart"], "properties": {
                  "generation": {"type": "integer"},
                  "remarks": {"type": "array",
                    "items": {"$ref": "#/components/schemas/Finding"}},
                  "waiting_for_restart": {"type": "array", "items": {"type": "string"}}}},
              "Draining": {"type": "object", "required": ["state", "patience_ms"],
                "properties": {
                  "state": {"const": "draining"},
                  "patience_ms": {"type": "integer"}}},
              "Status": {"type": "object",
                "required": ["node", "region", "zone", "version", "state", "api", "admin",
                  "generation", "loaded_at", "uptime_ms", "connections", "exchanges", "workers",
                  "upstreams"],
                "properties": {
                  "node": {"type": "string"},
                  "region": {"type": "string"},
                  "zone": {"type": "string"},
                  "version": {"type": "string"},
                  "state": {"enum": ["serving", "draining"]},
                  "api": {"type": "string"},
                  "admin": {"type": "string"},
                  "generation": {"type": "integer"},
                  "loaded_at": {"type": "string", "format": "date-time"},
                  "uptime_ms": {"type": "integer"},
                  "connections": {"type": "integer"},
                  "exchanges": {"type": "integer"},
                  "workers": {"type": "array", "items": {"type": "object",
                    "required": ["worker", "responding"], "properties": {
                      "worker": {"type": "integer"},
                      "responding": {"type": "boolean"},
                      "connections": {"type": "integer"},
                      "closing": {"type": "integer"},
                      "exchanges": {"type": "integer"},
                      "generation": {"type": "integer"}}}},
                  "upstreams": {"type": "array", "items": {"type": "object",
                    "required": ["provider", "open", "idle", "waiting"], "properties": {
                      "provider": {"type": "string"},
                      "open": {"type": "integer"},
                      "idle": {"type": "integer"},
                      "waiting": {"type": "integer"}}}}}},
              "Cluster": {"type": "object", "required": ["nodes"],
                "properties": {"nodes": {"type": "array", "items": {"type": "object",
                  "description": "The name is null where a whole region does not answer.",
                  "required": ["name", "region"]}}}},
              "Explanation": {"type": "object", "required": ["request", "nodes"],
                "properties": {"nodes": {"type": "array", "items": {"type": "object",
                  "description": "The name is null where a whole region does not answer.",
                  "required": ["name", "region"]}}}},
              "Members": {"type": "object",
                "required": ["self", "state", "isolated", "degraded", "members", "regions",
                  "bridges", "changes"],
                "properties": {
                  "self": {"type": "string"},
                  "state": {"enum": ["alone", "joining", "member", "leaving", "left"]},
                  "isolated": {"type": "boolean"},
                  "degraded": {"type": "boolean"},
                  "members": {"type": "array", "items": {"type": "object",
                    "required": ["name", "uid", "state", "incarnation", "address", "region",
                      "zone", "draining", "bridge", "rtt_us",
                      "local_health", "since_ms", "as_of_ms", "accusations"],
                    "properties": {
                      "as_of_ms": {"type": "integer", "description":
                        "Time since its region told this; 0 in the node's own region."},
                      "state": {"enum": ["alive", "suspect", "dead", "left"]},
                      "accusations": {"type": "array", "items":
                        {"$ref": "#/components/schemas/Accusation"}}}}},
                  "regions": {"type": "array", "items": {"type": "object",
                    "required": ["name", "reachable", "alive", "suspect", "draining",
                      "bridges", "as_of_ms"],
                    "properties": {
                      "as_of_ms": {"type": ["integer", "null"], "description":
                        "Time since it told of its members; null if it never did."},
                      "error": {"type": "string", "description":
                        "Why it could not be asked for them."}}}},
                  "bridges": {"type": "array", "items": {"type": "object"}},
                  "changes": {"type": "array", "items": {"type": "object"}}}},
              "Accusation": {"type": "object",
                "required": ["by", "helpers", "nacks", "wait_ms", "local_health"]},
              "Config": {"type": "object",
                "required": ["generation", "loaded_at", "listen", "providers", "models", "auth",
                  "keys", "request_limits", "timeouts_ms", "attempts", "access_log"],
                "properties": {
                  "generation": {"type": "integer"},
                  "loaded_at": {"type": "string", "format": "date-time"},
                  "listen": {"type": "object"},
                  "providers": {"type": "array", "items": {"type": "object"}},
                  "models": {"type": "array", "items": {"type": "object"}},
                  "auth": {"enum": ["keys", "none"]},
                  "keys": {"type": "array", "items": {"type": "object"}},
                  "request_limits": {"type": "object"},
                  "timeouts_ms": {"type": "object"},
                  "attempts": {"type": "object"},
                  "access_log": {"type": "string"}}}
            }
          }
        }

        """#
}
