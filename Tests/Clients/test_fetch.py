# SPDX-License-Identifier: Apache-2.0
"""Images by URL for a provider that takes bytes alone, through the vendors' own SDKs."""

import anthropic
import openai
import pytest
from google import genai
from google.genai import errors as genai_errors
from google.genai import types

from support.processes import CALLER_KEY, Gateway, Simulator, config

MODEL = "seeing"
QUESTION = "What is this?"


@pytest.fixture(scope="module")
def ollama():
    simulator = Simulator("--dialect", "ollama")
    yield simulator
    simulator.kill()


@pytest.fixture(scope="module")
def images(ollama):
    """The address of the images; the simulated provider hosts some."""
    return f"http://127.0.0.1:{ollama.port}/_images"


@pytest.fixture(scope="module")
def gateway(ollama, images):
    gateway = Gateway(config(
        [{"name": "local", "kind": "ollama", "base": f"http://127.0.0.1:{ollama.port}"}],
        [{"name": MODEL, "targets": [{"provider": "local", "model": "llava"}]}],
        fetch={"allow": [f"{images}/"], "networks": ["127.0.0.0/8"], "timeout": "2s"}))
    yield gateway
    gateway.close()


def of_openai(gateway, url):
    with openai.OpenAI(api_key=CALLER_KEY, base_url=gateway.base, max_retries=0) as client:
        raw = client.chat.completions.with_raw_response.create(model=MODEL, messages=[{
            "role": "user", "content": [
                {"type": "text", "text": QUESTION},
                {"type": "image_url", "image_url": {"url": url}}]}])
        return raw.parse().choices[0].message.content, raw.headers["x-request-id"]


def of_responses(gateway, url):
    with openai.OpenAI(api_key=CALLER_KEY, base_url=gateway.base, max_retries=0) as client:
        raw = client.responses.with_raw_response.create(model=MODEL, input=[{
            "role": "user", "content": [
                {"type": "input_text", "text": QUESTION},
                {"type": "input_image", "image_url": url}]}])
        return raw.parse().output_text, raw.headers["x-request-id"]


def of_anthropic(gateway, url):
    with anthropic.Anthropic(
            api_key=CALLER_KEY, base_url=gateway.origin, max_retries=0) as client:
        raw = client.messages.with_raw_response.create(model=MODEL, max_tokens=64, messages=[{
            "role": "user", "content": [
                {"type": "text", "text": QUESTION},
                {"type": "image", "source": {"type": "url", "url": url}}]}])
        return raw.parse().content[0].text, raw.headers["x-request-id"]


def of_gemini(gateway, url):
    client = genai.Client(
        api_key=CALLER_KEY, http_options=types.HttpOptions(base_url=gateway.origin))
    answer = client.models.generate_content(model=MODEL, contents=[
        QUESTION, types.Part.from_uri(file_uri=url, mime_type="image/png")])
    return answer.text, answer.sdk_http_response.headers["x-request-id"]


CALLERS = (of_openai, of_responses, of_anthropic, of_gemini)
REFUSED = (openai.BadRequestError, anthropic.BadRequestError, genai_errors.ClientError)


@pytest.mark.parametrize("ask", CALLERS, ids=lambda ask: ask.__name__)
def test_an_allowed_image_is_seen(ask, gateway, ollama, images):
    ollama.reset()
    text, request_id = ask(gateway, f"{images}/pixel.png")
    assert "[1 image]" in text
    record = gateway.await_record(request_id)
    assert record["fetched_images"] == 1 and record["fetched_bytes"] > 60
    recent = ollama.counters()["recent"]
    fetch = next(one for one in recent if one["path"] == "/_images/pixel.png")
    names = {name.lower() for name, _ in fetch["headers"]}
    assert names == {"host", "accept", "user-agent", "connection"}


@pytest.mark.parametrize("ask", CALLERS, ids=lambda ask: ask.__name__)
@pytest.mark.parametrize(("path", "reason"), [
    ("/elsewhere.png", "redirect"), ("/page.png", "content-type"), ("/none.png", "404"),
    ("/../_control", "'..'"), ("x/pixel.png", "list of allowed")])
def test_any_other_is_refused(ask, path, reason, gateway, images):
    with pytest.raises(REFUSED) as refused:
        ask(gateway, images + path)
    assert reason in str(refused.value) and "400" in str(refused.value)


def test_credentials_in_a_url_are_neither_sent_nor_shown(gateway, images):
    with pytest.raises(openai.BadRequestError) as refused:
        of_openai(gateway, images.replace("http://", "http://user:hunter2@") + "/pixel.png")
    assert "user name" in str(refused.value) and "hunter2" not in str(refused.value)
    assert "hunter2" not in gateway.stdout + gateway.stderr


def test_private_addresses_are_refused_unless_configured(ollama, images):
    providers = [{"name": "local", "kind": "ollama", "base": f"http://127.0.0.1:{ollama.port}"}]
    port = images.split(":")[2].split("/")[0]
    gateway = Gateway(config(providers, fetch={"allow": [
        f"{images}/", f"http://localhost:{port}/", f"http://[::1]:{port}/",
        f"http://0x7f.1:{port}/", f"http://2130706433:{port}/", "http://169.254.169.254/"]}))
    try:
        for host in ("127.0.0.1", "localhost", "[::1]", "0x7f.1", "2130706433"):
            with pytest.raises(openai.BadRequestError) as refused:
                of_openai(gateway, f"http://{host}:{port}/_images/pixel.png")
            assert "not public" in str(refused.value), host
        with pytest.raises(openai.BadRequestError) as refused:
            of_openai(gateway, "http://169.254.169.254/latest/meta-data/a.png")
        assert "not public" in str(refused.value)
    finally:
        gateway.close()


def test_without_a_list_the_provider_s_rule_is_told(ollama, images):
    providers = [{"name": "local", "kind": "ollama", "base": f"http://127.0.0.1:{ollama.port}"}]
    gateway = Gateway(config(providers))
    try:
        with pytest.raises(openai.BadRequestError) as refused:
            of_openai(gateway, f"{images}/pixel.png")
        assert "base64 alone" in str(refused.value)
    finally:
        gateway.close()
