# SPDX-License-Identifier: Apache-2.0
"""What is compared: each server with the configuration that a careful operator would give it."""

import hashlib
import os
import shlex

from processes import OTHER_CORE, SERVER_CORE, Process, free_port, wait_for_answer

KEY = "sk-bench-0123456789abcdef"

NGINX = """
worker_processes 1;
pid {directory}/nginx-{name}.pid;
error_log {directory}/nginx-{name}.err;
daemon off;
events {{ worker_connections 16384; }}
worker_rlimit_nofile 20000;
http {{
    access_log {access_log};
    client_body_temp_path {directory}/nginx-{name}-body;
    proxy_temp_path {directory}/nginx-{name}-proxy;
    fastcgi_temp_path {directory}/nginx-{name}-fastcgi;
    uwsgi_temp_path {directory}/nginx-{name}-uwsgi;
    scgi_temp_path {directory}/nginx-{name}-scgi;
    client_body_buffer_size 64k;
    keepalive_requests 1000000000;
    upstream provider {{
        server 127.0.0.1:{upstream};
        keepalive 1024;
        keepalive_requests 1000000000;
    }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location / {{
            proxy_pass http://provider;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Authorization "Bearer sk-upstream";
            proxy_buffering {buffering};
        }}
    }}
}}
"""

HAPROXY = """
global
    nbthread 1
    maxconn 9000
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    option http-keep-alive
    option http-no-delay
    http-reuse always
frontend api
    bind 127.0.0.1:{port} backlog 4096
    default_backend provider
backend provider
    http-request set-header Authorization "Bearer sk-upstream"
    server provider 127.0.0.1:{upstream} pool-max-conn 1024
"""

APUS = """
listen:
  api: 127.0.0.1:{port}
  admin: 127.0.0.1:{admin}
providers:
  - name: provider
    kind: openai
    base: http://127.0.0.1:{upstream}/v1
    keys: [sk-upstream]
    pool: {{ max_connections: 8192, max_idle: 1024, max_waiting: 8192 }}
models:
  - name: bench
    targets: [{{ provider: provider, model: gpt-4o-mini }}]
keys:
  - name: bench
    hash: "sha256:{hash}"
    models: ["*"]
access_log: {directory}/apus-access.log
"""


class Bench:
    """Paths and commands of this run."""

    def __init__(self, apus, load, directory, provider=None, serve=None):
        self.apus = apus
        self.load = load
        self.directory = directory
        self.provider_command = shlex.split(provider) if provider else [
            apus, "simulate-provider"]
        self.serve_command = serve or "{apus} serve --config {config} --loops 1"

    def path(self, name):
        return os.path.join(self.directory, name)

    def log(self, name):
        return self.path(name + ".log")


class Provider(Process):
    """The simulated provider that all of them ask."""

    def __init__(self, bench, options):
        self.port = free_port()
        command = bench.provider_command + ["--listen", f"127.0.0.1:{self.port}"] + options
        super().__init__(command, OTHER_CORE, bench.log("provider"))
        wait_for_answer(self, self.port, KEY)


class Server(Process):
    """A server between clients and the provider; `start_seconds` until its first 200."""

    def __init__(self, bench, name, upstream, buffering="on"):
        self.name = name
        self.port = free_port()
        command = getattr(self, "_" + name.split("-")[0])(bench, name, upstream, buffering)
        super().__init__(command, SERVER_CORE, bench.log(name))
        self.start_seconds = wait_for_answer(self, self.port, KEY)

    def _write(self, bench, name, text):
        with open(bench.path(name), "w") as file:
            file.write(text)
        return bench.path(name)

    def _nginx(self, bench, name, upstream, buffering):
        access_log = bench.path(f"{name}-access.log") if name == "nginx-log" else "off"
        text = NGINX.format(
            directory=bench.directory, name=name, access_log=access_log, port=self.port,
            upstream=upstream, buffering=buffering)
        return ["/usr/sbin/nginx", "-c", self._write(bench, f"{name}.conf", text)]

    def _haproxy(self, bench, name, upstream, buffering):
        text = HAPROXY.format(port=self.port, upstream=upstream)
        return ["/usr/sbin/haproxy", "-db", "-f", self._write(bench, f"{name}.cfg", text)]

    def _apus(self, bench, name, upstream, buffering):
        text = APUS.format(
            port=self.port, admin=free_port(), upstream=upstream, directory=bench.directory,
            hash=hashlib.sha256(KEY.encode()).hexdigest())
        config = self._write(bench, f"{name}.yaml", text)
        return shlex.split(bench.serve_command.format(apus=bench.apus, config=config))
