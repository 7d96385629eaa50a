# SPDX-License-Identifier: Apache-2.0
"""TLS on both sides, with certificates that the openssl command makes."""

import json
import signal
import ssl
import subprocess

import httpx
import openai
import pytest

from support.processes import CALLER_KEY, Gateway, config, eventually, model, provider
from support.upstreams import RawUpstream, answer
from support.wire import GOOD_BODY, Wire, ask, post

WHOLE = (b'{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,'
         b'"message":{"role":"assistant","content":"sealed"},"finish_reason":"stop"}]}')


def make_certificate(folder, name, *, subject="localhost", issuer=None, days=30):
    """A certificate of its own authority, or of `issuer`; gives the paths of both files."""
    key, certificate = folder / f"{name}.key", folder / f"{name}.crt"
    command = [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
        "-nodes", "-keyout", key, "-out", certificate, "-days", str(days), "-subj",
        f"/CN={subject}"]
    if issuer:
        command += ["-CA", issuer[0], "-CAkey", issuer[1], "-addext",
                    f"subjectAltName=DNS:{subject},IP:127.0.0.1",
                    "-addext", "basicConstraints=critical,CA:FALSE"]
    elif subject != "authority":
        command += ["-addext", f"subjectAltName=DNS:{subject},IP:127.0.0.1"]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


class Sealed:
    """An upstream behind TLS, and how many handshakes it has done."""

    def __init__(self, files, version=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*files)
        if version:
            context.minimum_version = context.maximum_version = version
        self.names = []
        context.sni_callback = lambda _, name, __: self.names.append(name)
        self.upstream = RawUpstream(
            self.serve, wrap=lambda client: context.wrap_socket(client, server_side=True))
        self.port = self.upstream.port

    @staticmethod
    def serve(connection):
        while connection.request():
            connection.send(answer(WHOLE))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def authority(files):
    return make_certificate(files, "authority", subject="authority")


def gateway_to(*providers, **more):
    return Gateway(config(
        list(providers), [model(each["name"], each["name"]) for each in providers], **more))


def named(name):
    return post(GOOD_BODY.replace(b'"sim"', b'"%s"' % name.encode()))


def test_certificates_of_upstreams(files, authority):
    own = Sealed(make_certificate(files, "self-signed"))
    good = Sealed(make_certificate(files, "issued", issuer=authority))
    old = Sealed(make_certificate(files, "old-version"), ssl.TLSVersion.TLSv1_2)
    by_name, by_address = "https://localhost:{}/v1", "https://127.0.0.1:{}/v1"
    ca = {"ca": str(authority[0])}
    gateway = gateway_to(
        provider("self-signed", by_name.format(own.port)),
        provider("unknown-authority", by_name.format(good.port)),
        provider("known-authority", by_name.format(good.port), tls=ca),
        provider("by-address", by_address.format(good.port), tls=ca),
        provider("trusted-itself", by_name.format(own.port),
                 tls={"ca": str(files / "self-signed.crt")}),
        provider("wrong-authority", by_name.format(own.port), tls=ca),
        provider("insecure", by_name.format(own.port), tls={"insecure": True}),
        provider("tls-1-2", by_name.format(old.port),
                 tls={"ca": str(files / "old-version.crt")}),
        provider("no-tls-there", by_name.format(
            RawUpstream(lambda connection: connection.send(b"HTTP/1.1 400 No\r\n\r\n")).port)))
    for name in ("known-authority", "by-address", "trusted-itself", "insecure", "tls-1-2"):
        for _ in range(2):
            got = ask(gateway.port, named(name))
            assert got.status == 200 and got.body == WHOLE, (name, got.body)
    for name in ("self-signed", "unknown-authority", "wrong-authority", "no-tls-there"):
        got = ask(gateway.port, named(name))
        assert got.status == 502 and f"{name}: tls_failure" in got.message, (name, got.body)
    assert "localhost" in good.names, "SNI carries the name"
    gateway.close()


def test_a_name_that_the_certificate_does_not_have(files, authority):
    # Issued for another name, without the address.
    key, certificate = files / "stranger.key", files / "stranger.crt"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", key, "-out", certificate, "-days", "30", "-subj", "/CN=stranger",
         "-addext", "subjectAltName=DNS:stranger.example"], check=True, capture_output=True)
    sealed = Sealed((certificate, key))
    trust = {"ca": str(certificate)}
    gateway = gateway_to(
        provider("by-name", f"https://localhost:{sealed.port}/v1", tls=trust),
        provider("by-address", f"https://127.0.0.1:{sealed.port}/v1", tls=trust))
    for name in ("by-name", "by-address"):
        got = ask(gateway.port, named(name))
        assert got.status == 502 and "tls_failure" in got.message
    gateway.close()


def test_an_upstream_that_cuts_tls_short(files):
    """A body that only the end of the connection ends is whole by close_notify alone."""
    certificate, key = make_certificate(files, "cut")

    def serve(connection):
        connection.request()
        connection.send(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n" + WHOLE[:50])
        # The socket goes, TLS says nothing.
        connection.socket.shutdown(1)

    sealed = Sealed((certificate, key))
    sealed.upstream.handle = serve
    gateway = gateway_to(provider(
        "cut", f"https://localhost:{sealed.port}/v1", tls={"ca": str(certificate)}))
    got = ask(gateway.port, named("cut"))
    assert got.status in (200, 502)
    if got.status == 200:
        assert not got.complete
    gateway.close()


@pytest.fixture(scope="module")
def served(files, authority, shared_simulator):
    certificate, key = make_certificate(files, "served", issuer=authority)
    gateway = Gateway(config(
        [provider("sim", shared_simulator.base)], [model("sim", "sim")],
        listen={"tls": {"certificate": str(certificate), "key": str(key)}},
        timeouts={"client_request": "700ms", "drain": "1s"}))
    yield gateway
    gateway.close()


def client_context(authority, **versions):
    context = ssl.create_default_context(cafile=str(authority[0]))
    for name, version in versions.items():
        setattr(context, name, version)
    return context


def sealed_wire(gateway, context, **more):
    return Wire(gateway.port, wrap=lambda raw: context.wrap_socket(
        raw, server_hostname="localhost"), **more)


def test_the_sdk_over_tls(served, authority, simulator):
    with openai.OpenAI(
            api_key=CALLER_KEY, base_url=f"https://localhost:{served.port}/v1", max_retries=0,
            http_client=openai.DefaultHttpxClient(verify=client_context(authority))) as client:
        messages = [{"role": "user", "content": "Say hello"}]
        whole = client.chat.completions.create(model="sim", messages=messages)
        stream = client.chat.completions.create(model="sim", messages=messages, stream=True)
        text = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
        assert text == whole.choices[0].message.content


def test_a_client_that_does_not_trust_us(served):
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"https://localhost:{served.port}/livez")
    with pytest.raises(httpx.HTTPError):
        httpx.get(f"http://127.0.0.1:{served.port}/livez")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_versions(served, authority, version):
    context = client_context(authority, minimum_version=version, maximum_version=version)
    with sealed_wire(served, context) as wire:
        assert wire.send(b"GET /livez HTTP/1.1\r\nhost: a\r\n\r\n").answer().status == 200


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_versions_are_refused(served, authority):
    context = client_context(authority)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError):
        sealed_wire(served, context)


def test_alpn(served, authority):
    context = client_context(authority)
    context.set_alpn_protocols(["h2", "http/1.1"])
    with sealed_wire(served, context) as wire:
        assert wire.socket.selected_alpn_protocol() == "http/1.1"
        assert wire.send(post()).answer().status == 200


def test_small_and_large_over_tls(served, authority, simulator):
    context = client_context(authority)
    with sealed_wire(served, context) as wire:
        for byte in post():
            wire.send(bytes([byte]))
        assert wire.answer().status == 200
        large = json.dumps({"model": "sim", "messages": [
            {"role": "user", "content": "x" * 800_000}]}).encode()
        assert wire.send(post(large)).answer().status == 200


def test_hostile_bytes_on_the_tls_port(served, authority, simulator):
    for data in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"a" * 5000, b"\0" * 100,
                 b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", b""):
        with Wire(served.port) as wire:
            wire.try_send(data)
            if data:
                while wire.receive():
                    pass
    # Whoever begins a handshake and stalls is not waited for without end.
    with Wire(served.port, timeout=5) as wire:
        wire.send(b"\x16\x03\x01")
        while wire.receive():
            pass
    assert served.is_alive()
    with sealed_wire(served, client_context(authority)) as wire:
        assert wire.send(post()).answer().status == 200


def test_leaving_a_tls_stream_cancels_at_once(served, authority, simulator):
    simulator.script(token_ms=20, tokens=1000)
    wire = sealed_wire(served, client_context(authority))
    wire.send(post(GOOD_BODY[:-1] + b',"stream":true}'))
    assert wire.head().status == 200
    wire.socket.close()
    simulator.await_cancelled()


def test_a_new_certificate_is_used_after_a_reload(files, authority, simulator):
    certificate, key = make_certificate(files, "changing", issuer=authority)
    gateway = Gateway(config(
        [provider("sim", simulator.base)], [model("sim", "sim")],
        listen={"tls": {"certificate": str(certificate), "key": str(key)}}))
    context = client_context(authority)

    def serial():
        with sealed_wire(gateway, context) as wire:
            return wire.socket.getpeercert()["serialNumber"]

    first = serial()
    with sealed_wire(gateway, context) as kept:
        make_certificate(files, "changing", issuer=authority)
        gateway.signal(signal.SIGHUP)
        eventually(lambda: serial() != first, what="the new certificate")
        assert kept.send(post()).answer().status == 200
    # A key that does not fit keeps the last good pair.
    good = serial()
    certificate.write_text(authority[0].read_text())
    gateway.signal(signal.SIGHUP)
    gateway.await_line("stays as it was|refused|kept")
    assert serial() == good
    gateway.close()
