#!/usr/bin/env python3
"""Makes assets/prices.toml from the price tables of two Python packages.

    python3 -m venv venv && venv/bin/pip install genai-prices==0.2.3
    venv/bin/pip download --no-deps -d wheels litellm==1.109.1
    venv/bin/python make_prices.py --litellm wheels/litellm-*.whl --taken 2026-11-23 > ../prices.toml

litellm names models as clients send them, so its names come first and its figure stands where the two differ (the count
is in the head of the file). genai-prices adds models that litellm has dropped, and rates that litellm leaves out.
The licences of both are in the file NOTICE.
"""
import argparse
import collections
import json
import re
import sys
import zipfile
from datetime import datetime, timezone
from decimal import Decimal
from importlib import metadata

from genai_prices.data import providers as GENAI

# host: (names it goes by, hosts to ask when it does not list a model, makes the models it lists,
#        litellm's providers, genai-prices' provider)
HOSTS = {
    "openai": ("openai-chat openai-responses text-completion-openai", "", True, "openai text-completion-openai", "openai"),
    "anthropic": ("claude", "", True, "anthropic", "anthropic"),
    "google": ("gemini google-genai google-gla google-generative-ai google-ai-studio gcp-gemini gcp-gen-ai", "vertex", True, "gemini", "google"),
    "mistral": ("mistralai mistral-ai codestral text-completion-codestral", "", True, "mistral codestral text-completion-codestral", "mistral"),
    "deepseek": ("deepseek-ai", "", True, "deepseek", "deepseek"),
    "xai": ("x-ai grok", "", True, "xai", "x-ai"),
    "cohere": ("cohere-chat", "", True, "cohere cohere_chat", "cohere"),
    "perplexity": ("perplexity-ai pplx", "", True, "perplexity", "perplexity"),
    "moonshot": ("moonshotai moonshot-ai kimi", "", True, "moonshot", "moonshotai"),
    "zai": ("z-ai zai-org", "", True, "zai", "zai"),
    "zhipuai": ("zhipu bigmodel", "zai", False, "bigmodel", "zhipuai"),
    "minimax": ("minimaxai", "", True, "minimax", "minimax"),
    "dashscope": ("alibaba alibaba-cloud qwen tongyi", "", True, "dashscope", None),
    "ai21": ("ai21labs", "", True, "ai21", None),
    "voyage": ("voyageai voyage-ai", "", True, "voyage", "voyageai"),
    "meta": ("meta-llama-api meta-llama llama-api", "", True, "meta_llama meta", "meta"),
    "aws": ("bedrock aws-bedrock amazon-bedrock bedrock-converse chatbedrock chatbedrockconverse amazon aws-sagemaker amazon-nova",
            "anthropic", True, "bedrock bedrock_converse amazon_nova", "aws"),
    "aws-mantle": ("bedrock-mantle", "aws", False, "bedrock_mantle", None),
    "azure": ("azure-openai azureopenai azure-ai-openai az-ai-openai azure-text",
              "azure-foundry openai anthropic mistral deepseek xai cohere moonshot", False, "azure azure_text", "azure"),
    "azure-foundry": ("azure-ai azure-ai-inference az-ai-inference microsoft-foundry", "azure openai anthropic mistral deepseek xai cohere moonshot",
                      False, "azure_ai", None),
    "vertex": ("vertexai vertex-ai google-vertex google-vertexai google-vertex-ai gcp-vertex-ai gcp-vertexai", "google anthropic mistral",
               False, "vertex_ai*", None),
    "groq": ("chatgroq", "", False, "groq", "groq"),
    "together": ("together-ai togetherai", "", False, "together_ai", "together"),
    "fireworks": ("fireworks-ai fireworksai", "", False, "fireworks_ai", "fireworks"),
    "cerebras": ("", "", False, "cerebras", "cerebras"),
    "sambanova": ("", "", False, "sambanova", None),
    "deepinfra": ("deep-infra", "", False, "deepinfra", None),
    "nebius": ("nebius-ai", "", False, "nebius", None),
    "watsonx": ("ibm-watsonx-ai ibm-watsonx watsonx-ai", "", False, "watsonx", None),
    "databricks": ("", "", False, "databricks", "databricks"),
    "novita": ("novita-ai novitaai", "", False, "novita", "novita"),
    "ovhcloud": ("ovh", "", False, "ovhcloud", "ovhcloud"),
    "vercel": ("vercel-ai-gateway ai-gateway", "", False, "vercel_ai_gateway", None),
    "openrouter": ("open-router", "openai anthropic google mistral deepseek xai cohere perplexity moonshot zai minimax", False, "", "openrouter"),
}
# Servers whose price is not a price for a token: what they serve is never priced as the maker's own.
UNPRICED = (
    "ollama ollama-chat vllm hosted-vllm lmstudio lm-studio llamafile llamacpp llama-cpp local localai self-hosted huggingface hugging-face transformers "
    "openai-compatible openai-like custom-openai openai-like-chat chatgpt sagemaker aws-sagemaker-endpoint lemonade fake mock test scripted"
)
RATES = {  # ours: (litellm, genai-prices)
    "input": ("input_cost_per_token", "input_mtok"),
    "cached_input": ("cache_read_input_token_cost", "cache_read_mtok"),
    "cache_write_input": ("cache_creation_input_token_cost", "cache_write_mtok"),
    "cache_write_hour_input": ("cache_creation_input_token_cost_above_1hr", "cache_write_1h_mtok"),
    "audio_input": ("input_cost_per_audio_token", "input_audio_mtok"),
    "image_input": ("input_cost_per_image_token", "input_image_mtok"),
    "output": ("output_cost_per_token", "output_mtok"),
    "reasoning": ("output_cost_per_reasoning_token", "output_reasoning_mtok"),
    "audio_output": ("output_cost_per_audio_token", "output_audio_mtok"),
    "image_output": ("output_cost_per_image_token", "output_image_mtok"),
}
OURS = {theirs: ours for ours, (theirs, _) in RATES.items()}
# The ways of being served that have rates of their own: ours, and what litellm puts behind a rate's name.
SERVICES = {"batch": "batches", "flex": "flex", "priority": "priority"}
RATE_KEY = re.compile("^(" + "|".join(sorted(OURS, key=len, reverse=True)) + r")(?:_above_(\d+)k_tokens)?(?:_(" + "|".join(SERVICES.values()) + "))?$")
# What a model can do, as a word of letters: what litellm calls it.
ABILITIES = {"t": "supports_function_calling", "i": "supports_vision", "a": "supports_audio_input", "c": "supports_prompt_caching"}
# A model that is switched off within so many days is priced, and never recommended.
ENDS_WITHIN = 90
SNAPSHOT = re.compile(r"[-@](20\d\d-[01]\d-[0-3]\d|20\d\d[01]\d[0-3]\d)(?=$|-v\d|:)")
# Price classes rather than models, and OpenRouter's variants at another rate.
SKIP = re.compile(r"\*|commitment|^(together-ai|fireworks-ai)-|container$|^~|:(free|batch|beta|nitro|floor)$|^accounts/.*#")


def plain(name):
    """A model's name without the date of its snapshot."""
    return SNAPSHOT.sub("", name)


def meeting(name):
    """The spelling in which the spellings of one model meet: what `canonical` in src/analysis/cost/name.rs finds by itself need not be listed."""
    name = re.sub(r"(-latest|@latest|@default|:latest)$", "", plain(name))
    if re.match(r"([a-z0-9-]+/)?([a-z]{2,}|ai21|us-gov)\.[a-z]", name):
        name = re.sub(r":0$", "", re.sub(r":\d+k$", "", name))
        name = re.sub(r"-v[123]$" if re.search(r"anthropic\.claude-(?!v|instant)", name) else r"-v1$", "", name)
    name = re.sub(r"^gpt-35-", "gpt-3.5-", re.sub(r"^(gemini-.*)-00\d$", r"\1", name))
    head, claude, rest = name.partition("claude-")
    if claude:
        rest = re.sub(r"(?<=\d)\.(?=\d)", "-", rest)
        found = re.match(r"(?:(\d{1,2}(?:-\d{1,2})?)-)?(opus|sonnet|haiku|fable|mythos)(?:-(\d{1,2}(?:-\d{1,2})?)(?=-|$))?(.*)$", rest)
        if found and bool(found[1]) != bool(found[3]):
            rest = f"{found[2]}-{re.sub('-0$', '', found[1] or found[3])}{found[4]}"
    return head + claude + rest


def million(value):
    """Dollars for a million tokens in whole pico-dollars a token, which is six decimals; None when not a price."""
    if value is None:
        return None
    value = round(Decimal(repr(value)) * 1_000_000, 6) if isinstance(value, float) else round(Decimal(value), 6)
    return value if value >= 0 else None


def tidy(price):
    """Drops rates that say nothing new: those of a class that is paid as its kind anyway, and empty tiers; None without a price."""
    price = {key: rate for key, rate in price.items() if rate is not None}
    if not any(price.get(key) for key in ("input", "output")):
        return None
    for key, kind in (("reasoning", "output"), ("audio_output", "output"), ("image_output", "output"), ("audio_input", "input"), ("image_input", "input"),
                      ("cache_write_hour_input", "cache_write_input")):
        if key in price and price[key] == price.get(kind):
            price.pop(key)
    tiers = [tier for tier in price.pop("over", []) if any(price.get(key) != rate for key, rate in tier.items() if key != "context")]
    if tiers:
        price["over"] = sorted(tiers, key=lambda tier: tier["context"])
    return price


def served(price, rates):
    """What another way of being served costs: a factor where all rates that are listed are the standard ones times it, else what differs; None if nothing does."""
    plain = {key: rate for key, rate in rates.items() if key != "over"}
    factors = {(plain[key] / price[key]).normalize() for key in plain if price.get(key)}
    if len(factors) == 1 and {"input", "output"} <= set(plain) and "over" not in rates and all(price.get(key) for key in plain):
        factor = factors.pop()
        return factor if factor != 1 and factor == round(factor, 3) else None
    rates = {key: rate for key, rate in rates.items() if price.get(key) != rate}
    return rates or None


def from_litellm(entry, today):
    found = {service: (({}, collections.defaultdict(dict))) for service in (None, *SERVICES.values())}
    for key, value in entry.items():
        match = RATE_KEY.match(key)
        if match and isinstance(value, (int, float)):
            rates, tiers = found[match[3]]
            (tiers[int(match[2]) * 1000] if match[2] else rates)[OURS[match[1]]] = million(value)
    price, tiers = found[None]
    for step in entry.get("tiered_pricing") or []:
        rates = {ours: million(step.get(theirs)) for theirs, ours in OURS.items() if isinstance(step.get(theirs), (int, float))}
        start = int((step.get("range") or [0])[0])
        if start == 0:
            price.update(rates)
        else:
            tiers[start].update(rates)
    price["over"] = [{"context": context, **rates} for context, rates in tiers.items()]
    price = tidy(price)
    if price is None:
        return None
    for service, theirs in SERVICES.items():
        rates, tiers = found[theirs]
        if tiers:
            rates["over"] = [{"context": context, **rates} for context, rates in sorted(tiers.items())]
        if rates and (other := served(price, rates)):
            price[service] = other
    sizes = entry.get("search_context_cost_per_query") or {}
    searches = set(sizes.values())
    if entry["litellm_provider"] == "perplexity" and len(searches) > 1:
        # Each call of these models is a search; the size of its context is low unless asked for otherwise.
        price["request"] = round(Decimal(repr(sizes["search_context_size_low"])) * 1000, 3)
    elif len(searches) == 1:
        price["search"] = round(Decimal(repr(searches.pop())) * 1000, 3)
    ends = entry.get("deprecation_date")
    if entry.get("mode") in ("chat", "responses") and isinstance(entry.get("max_input_tokens"), int) and not (ends and days_between(today, ends) < ENDS_WITHIN):
        price["context"] = entry["max_input_tokens"]
        price["can"] = "".join(letter for letter, ability in ABILITIES.items() if entry.get(ability) is True)
    return price


def days_between(today, day):
    try:
        return (datetime.fromisoformat(day).replace(tzinfo=timezone.utc) - today).days
    except ValueError:
        return 0


def from_genai(model, now):
    rates = model.get_prices(now)
    price, tiers = {}, collections.defaultdict(dict)
    for ours, (_, theirs) in RATES.items():
        value = getattr(rates, theirs)
        if value is None:
            continue
        if isinstance(value, Decimal):
            price[ours] = million(value)
        else:
            price[ours] = million(value.base)
            for tier in value.tiers:
                tiers[tier.start][ours] = million(tier.price)
    price["over"] = [{"context": context, **rates} for context, rates in tiers.items()]
    price = tidy(price)
    if price:
        for ours, theirs in (("request", "requests_kcount"), ("search", "web_searches_kcount")):
            if isinstance(value := getattr(rates, theirs), Decimal):
                price[ours] = value
    return price


def names_of(model, provider):
    """The names a genai-prices model goes by: its id, and what its clauses name, where they lead back to it."""
    found = {model.id}

    def walk(clause):
        for child in getattr(clause, "or_", None) or []:
            walk(child)
        if isinstance(text := getattr(clause, "equals", None), str):
            found.add(text)

    walk(model.match)
    return sorted((name.lower() for name in found if name[-1].isalnum() and provider.find_model(name) is model), key=lambda name: (len(name), name))


def host_name(key, provider, host):
    """A litellm key without the prefix that names the host."""
    name = key.lower()
    for prefix in [*{provider.lower(): None, host: None}, "vertex_ai", "cohere", "text-completion-codestral", "amazon-nova", "bedrock", "bedrock_mantle"]:
        if name.startswith(prefix + "/"):
            name = name[len(prefix) + 1:]
    return name.removeprefix("accounts/fireworks/models/").removeprefix("accounts/fireworks/routers/").removeprefix("converse/")


def complete_hosts(litellm):
    """Adds the hosts that only resell: each provider of either table that lists a price and is not above."""
    theirs = {name for _, _, _, names, _ in HOSTS.values() for name in names.split()}
    ours = {genai for *_, genai in HOSTS.values()}
    passed = set(UNPRICED.split()) | {"huggingface"}
    for entry in litellm.values():
        provider = entry.get("litellm_provider") or ""
        host = provider.lower().replace("_", "-")
        if re.fullmatch(r"[a-z0-9][a-z0-9_-]*", provider) and provider not in theirs and not provider.startswith("vertex_ai") and host not in passed:
            HOSTS.setdefault(host, ("", "", False, provider, None))
    for provider in GENAI:
        if provider.id not in ours and not provider.id.startswith("huggingface"):
            names, also, maker, litellms, _ = HOSTS.get(provider.id.replace("_", "-"), ("", "", False, "", None))
            HOSTS[provider.id.replace("_", "-")] = (names, also, maker, litellms, provider.id)


def collect(litellm, now):
    owner = {provider: host for host, (_, _, _, theirs, _) in HOSTS.items() for provider in theirs.split()}
    table = collections.defaultdict(dict)
    for key, entry in litellm.items():
        provider = entry.get("litellm_provider") or ""
        host = owner.get(provider) or ("vertex" if provider.startswith("vertex_ai") else None)
        if host is None or SKIP.search(key):
            continue
        name, price = host_name(key, provider, host), from_litellm(entry, now)
        # A bare key is the better witness where a host has the same name with and without its prefix.
        if price and not SKIP.search(name) and ("/" not in key or name not in table[host]):
            table[host][name] = price
    differ = compared = 0
    genai = {provider.id: provider for provider in GENAI}
    for host, (_, _, _, _, theirs) in HOSTS.items():
        if theirs is None:
            continue
        for model in genai[theirs].models:
            price = from_genai(model, now)
            # `regional.` stands for several of Bedrock's regions, which litellm lists one by one.
            if price is None or SKIP.search(model.id) or model.id.startswith("regional."):
                continue
            for name in names_of(model, genai[theirs]):
                name = name.removeprefix("accounts/fireworks/models/").removeprefix("accounts/fireworks/routers/")
                known = table[host].get(name) or next((other for known, other in table[host].items() if meeting(known) == meeting(name)), None)
                if known is None:
                    alone = table[host].get(name.removeprefix(f"{host}/"), {})
                    if alone.get("input") != price.get("input") and not (host == "openai" and "gpt-oss" in name) and not (host == "aws" and "." not in name):
                        table[host][name] = price
                    continue
                compared += 1
                same = all(known.get(rate) == price.get(rate) for rate in ("input", "output"))
                differ += not same
                if same:
                    for rate in ("cached_input", "cache_write_input", "cache_write_hour_input", "request", "search"):
                        if rate in price:
                            known.setdefault(rate, price[rate])
    return {host: models for host, models in table.items() if models}, compared, differ


def elsewhere(table, hosts, name):
    """What the first of these hosts that knows a model asks for it."""
    for host in hosts.split():
        models = table.get(host, {})
        met = [models[other] for other in models if meeting(other) == meeting(name)]
        price = models.get(name) or models.get(meeting(name)) or (met[0] if met and all(other == met[0] for other in met) else None)
        if price:
            return price
    return None


def core(price):
    """The standard rates alone."""
    return {key: rate for key, rate in price.items() if key in RATES or key == "over"}


def shrink(table):
    """Drops what the program finds by itself: spellings that meet in a listed name at its price, what a host asks just as another does whose
    prices hold there too, and regions that ask what the model costs everywhere."""
    small = {}
    for host, models in table.items():
        models = dict(models)
        groups = collections.defaultdict(list)
        for name in models:
            groups[meeting(name)].append(name)
        for canonical, names in groups.items():
            names.sort(key=lambda name: (name != canonical, len(name), name))
            first = names[0]
            if first != canonical and any(core(models[name]) != core(models[first]) for name in names):
                continue  # they differ and none is the plain one: each is needed
            for name in names[1:]:
                if core(models[name]) == core(models[first]):
                    # A snapshot at the price of its model: what only it is known to offer is offered by the model.
                    models[first] = {**models.pop(name), **models[first]}
        small[host] = models
    for host, (_, also, _, _, _) in HOSTS.items():
        if host == "google":
            continue
        groups = collections.defaultdict(list)
        for name in small.get(host, {}):
            groups[meeting(name)].append(name)
        rates = ("input", "output") if host == "openrouter" else (*RATES, "over")
        for names in groups.values():  # all or none: what is left must not stand for what was dropped
            theirs = [elsewhere(small, also, name.split("/", 1)[-1] if host == "openrouter" else name) for name in names]
            if all(other and all(other.get(rate) == small[host][name].get(rate) for rate in rates) for name, other in zip(names, theirs)):
                for name in names:
                    del small[host][name]
    for name in list(small["aws"]):
        region, _, rest = name.rpartition("/")
        if not region and re.match(r"(us|eu|apac|au|jp|ca|sa|in|global|us-gov)\.", name):
            rest = name.split(".", 1)[1]
        everywhere = next((price for other, price in small["aws"].items() if meeting(other) == meeting(rest)), None)
        if rest != name and everywhere and core(everywhere) == core(small["aws"][name]):
            del small["aws"][name]
    return small


def number(value):
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rates_text(price):
    parts = [f"{key} = {number(price[key]) if key != 'context' else price[key]}" for key in ("context", *RATES, "request", "search") if key in price]
    for service in SERVICES:
        if service in price:
            parts.append(f"{service} = " + (rates_text(price[service]) if isinstance(price[service], dict) else number(price[service])))
    if "over" in price:
        parts.append("over = [" + ", ".join(rates_text(tier) for tier in price["over"]) + "]")
    if price.get("can"):
        parts.append(f'can = "{price["can"]}"')
    return "{ " + ", ".join(parts) + " }"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--litellm", required=True, help="the litellm wheel")
    arguments.add_argument("--taken", required=True, help="the day the packages were fetched, YYYY-MM-DD")
    options = arguments.parse_args()
    with zipfile.ZipFile(options.litellm) as wheel:
        litellm = json.loads(wheel.read("litellm/model_prices_and_context_window_backup.json"))
        meta = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        version = re.search(r"^Version: (.+)$", wheel.read(meta).decode(), re.M).group(1)
    now = datetime.fromisoformat(options.taken).replace(tzinfo=timezone.utc)
    complete_hosts(litellm)
    named = collections.Counter(name for host, (aliases, *_) in HOSTS.items() for name in {host, *aliases.split()})
    if twice := [name for name, count in named.items() if count > 1]:
        sys.exit(f"two hosts go by one name: {twice}")
    table, compared, differ = collect(litellm, now)
    table = shrink(table)
    out = [
        "# What models cost: US dollars for a million tokens, as listed on the day named below. `request` and `search`: for a thousand.",
        "# `over`: rates of the whole call above so many prompt tokens. `batch`, `flex`, `priority`: rates of other ways of being served, or a factor.",
        "# `context`: the longest prompt. `can`: t tools, i images, a audio, c prompt caching; missing where the model is about to be switched off.",
        "# Made by assets/prices/make_prices.py; do not edit. To change or add a price, use your own prices.toml (same form, wins over this file).",
        f"# Sources, both on PyPI and under the MIT licence (see assets/prices/NOTICE): litellm {version} (Copyright (c) 2023 Berri AI),",
        f"# genai-prices {metadata.version('genai-prices')} (Copyright (c) 2025 to present Pydantic Services Inc.). Taken {options.taken}.",
        f"# Of {compared} names both list, {differ} differ in price; there litellm's figure stands.",
        "",
        f'taken = "{options.taken}"',
        f'source = "litellm {version}, genai-prices {metadata.version("genai-prices")}"',
        "",
        "# Servers that do not charge by the token, or whose price cannot be known.",
        "unpriced = [" + ", ".join(f'"{name}"' for name in UNPRICED.split()) + "]",
    ]
    for host, (aliases, also, maker, _, _) in HOSTS.items():
        if not table.get(host) and not also:
            continue
        out += ["", f"[host.{host}]", "names = [" + ", ".join(f'"{name}"' for name in aliases.split()) + "]"]
        if also:
            out.append("also = [" + ", ".join(f'"{name}"' for name in also.split()) + "]")
        if maker:
            out.append("maker = true")
    for host in HOSTS:
        if not table.get(host):
            continue
        out += ["", f"[price.{host}]"]
        texts = {name: rates_text(price) for name, price in sorted(table.get(host, {}).items())}
        main_name = {}
        for name in sorted(texts, key=lambda name: (-name.count("."), name)):
            main_name.setdefault((name.replace(".", "-"), texts[name]), name)
        for name, text in texts.items():
            # gpt-5-1 is gpt-5.1: the same model, shown under the name its maker gives it.
            shown = main_name[(name.replace(".", "-"), text)]
            out.append(f'"{name}" = {text}' if shown == name else f'"{name}" = "{shown}"')
    sys.stdout.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
