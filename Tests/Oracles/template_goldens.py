"""Small chat templates, one for each rule of the language, and what Jinja renders them to.

The truth for: Sources/KTOTemplates, by Tests/Fixtures/templates/.

    python template_goldens.py fixtures DIR                    # the templates written below
    python template_goldens.py render OUT.jsonl TEMPLATE…      # any templates, over the conversations written below

A line of output is {"name", "template", "context", "text"}, or with "error" in place of "text" where Jinja refuses.
The environment is transformers' 5.23: ImmutableSandboxedEnvironment, trim_blocks, lstrip_blocks, loop controls,
`generation`, its `tojson`, `raise_exception`, `strftime_now` (here at 2024-07-03 09:05:07), `dict` and `namespace`.

Pinned: jinja2 3.1.6.
"""

import datetime
import functools
import hashlib
import json
import pathlib
import sys

import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

PINNED = "3.1.6"
NOW = datetime.datetime(2024, 7, 3, 9, 5, 7)


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_support"), [], [], body).set_lineno(line)

    def _support(self, caller):
        return caller()


class Namespace(jinja2.utils.Namespace):
    def __init__(*args, **kwargs):
        self, args = args[0], args[1:]
        attributes = dict(*args, **kwargs)
        for name in attributes:
            Namespace.check(name)
        jinja2.utils.Namespace.__init__(self, attributes)

    def __setitem__(self, name, value):
        Namespace.check(name)
        jinja2.utils.Namespace.__setitem__(self, name, value)

    @staticmethod
    def check(name):
        if isinstance(name, str) and name.startswith("_"):
            raise jinja2.exceptions.SecurityError("underscore")


def refuse(message):
    raise jinja2.exceptions.TemplateError(message)


def to_json(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


@functools.cache
def compiled(template):
    return environment().from_string(template)


def environment():
    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
    env.filters["tojson"] = to_json
    env.globals.update(raise_exception=refuse, strftime_now=lambda f: NOW.strftime(f), namespace=Namespace, dict=dict)
    return env


CONTEXT = {
    "messages": [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hi  <there> & \"you\" \u00e9\u4e2d\U0001f600"},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "a1", "function": {"name": "add", "arguments": {"x": 1, "y": 2.5}}}]},
        {"role": "user", "content": ""},
    ],
    "tools": [{"type": "function", "function": {"name": "add", "parameters": {"type": "object", "properties": {"x": {"type": "number"}}}}}],
    "add_generation_prompt": True, "bos_token": "<s>", "eos_token": "</s>",
    "n": 7, "zero": 0, "f": 2.5, "big": 1e16, "small": 0.00001, "yes": True, "no": False, "nothing": None, "empty": "", "none_list": [],
    "text": "  The quick  brown fox\n", "word": "stra\u00dfe", "greek": "\u039f\u0394\u039f\u03a3", "list": [3, 1, 2], "words": ["b", "A", "c", "a"],
    "map": {"b": 1, "A": 2, "items": "own", "nested": {"k": [1, {"z": None}]}},
    "people": [{"name": "Ann", "age": 30, "city": {"n": "B"}}, {"name": "bob", "age": 25, "city": {"n": "a"}}, {"name": "Cy", "age": 30}],
}

TEMPLATES = {
    "whitespace": [
        "a\n{% if yes %}\n  b\n{% endif %}\nc\n", "a\n   {% if yes %}x{% endif %}   \nb", "a \n {{- n -}} \n b", "a\n  {%+ if yes %}x{% endif +%}\nb",
        "a\n  {#- c -#}  \n b", "  {# c #}\nx", "x {# c #}\n y", "{% raw %} {{ a }} {% b %}\n{% endraw %}\nz", "{%- raw -%}  a  {%- endraw -%}  z",
        "a\r\nb\rc\n{% if yes %}\r\n d\r\n{% endif %}", "x\n\n", "\n{{ n }}\n", "  {%- if yes %} a {%- endif %} b", "{{ '  ' }}{% if yes %}\n\n  z{% endif %}",
        "a\n\t {% set q = 1 %}\n\t{{ q }}", "{% for i in list %}\n  {{ i }}\n{% endfor %}\nend", "{% if yes %}  {% if yes %}\n a {% endif %} {% endif %}\n", "{{ n }}\n{{ n }}",
        "\u3000{%- if yes -%}\u00a0z{% endif %}", "a{#\n multi\n#}\nb", "{% raw %}\n  {{ x }}\n  {% endraw %}\nq", "{{+ n }}", "{{-n}}",
    ],
    "printing": [
        "{{ yes }} {{ no }} {{ nothing }} {{ n }} {{ f }} {{ big }} {{ small }} {{ missing }}|", "{{ list }} {{ map }} {{ people }}", "{{ (1,) }} {{ (1, 'a') }} {{ () }} {{ [[]] }} {{ {} }}",
        "{{ [\"it's\", 'q\"q', \"both'\\\"\", 'a\\nb\\t\\\\', '\\x00\\x7f\\xa0\\u200b\\u00e9'] }}", "{{ 1e15 }} {{ 1e16 }} {{ 123456789012345680.0 }} {{ 0.0001 }} {{ 0.00001234 }} {{ 1.0 }} {{ 100.25 }} {{ 1e300 }} {{ -0.0 }}",
        "{{ 1_000 }} {{ 0x1F }} {{ 0o17 }} {{ 0b101 }} {{ 1.5e3 }} {{ 'a' 'b' }} {{ 'é\\u4e2d\\101' }}", "{{ range(3) }} {{ range(1, 9, 2) }} {{ map.items() }} {{ map.keys() }} {{ {'a': 1}.values() }}",
        "{{ [missing, none] }} {{ 1, 2 }}", "{{ {1: 'a', 'b': none, true: 2} }}", "{{ 'a' ~ 1 ~ none ~ 2.0 ~ missing ~ [1] }}",
    ],
    "arithmetic": [
        "{{ 4 / 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ 7.5 // 2 }} {{ -7.5 % 2 }} {{ 2 ** 10 }} {{ 2 ** -1 }} {{ 2 ** 0.5 }} {{ 10 - 2 * 3 }} {{ (10 - 2) * 3 }}",
        "{{ -2 ** 2 }} {{ 2 ** 3 ** 2 }} {{ +3 }} {{ -n }} {{ --n }} {{ true + true }} {{ 1 + 2.0 }} {{ 'ab' * 3 }} {{ [1] * 2 + [2] }} {{ 3 * 'x' }} {{ 'x' * -1 }}|",
        "{{ 1 - 1 ~ 'x' }} {{ 2 * 3 ~ 4 }} {{ 1 + 2 ~ 3 }}", "{{ 1 / 0 }}", "{{ 1 % 0 }}", "{{ 'a' + 1 }}", "{{ missing + 1 }}", "{{ none + 1 }}", "{{ -'a' }}", "{{ (1, 2) + (3,) }}",
        "{{ 'a %s b %d %5.2f|%-5s|%05d %x %r %%' % ('x', 3, 2.345, 'q', 42, 255, 'z') }}", "{{ '%s' % n }} {{ '%s and %s' % ('a', [1]) }}", "{{ '%d' % 'x' }}", "{{ 7 // 2.0 }} {{ 1e308 * 10 }}",
        "{{ -3|abs }} {{ -3.5|abs }} {{ 2 - -2 }}",
    ],
    "comparison": [
        "{{ 1 == 1.0 }} {{ true == 1 }} {{ '1' == 1 }} {{ [1, 2] == [1, 2] }} {{ (1,) == [1] }} {{ {'a': 1} == {'a': 1.0} }} {{ none == false }} {{ missing == missing2 }} {{ missing == none }}",
        "{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 'a' < 'b' }} {{ 'B' < 'a' }} {{ [1, 2] < [1, 3] }} {{ 1 <= 1 }} {{ 2 >= 3 }} {{ 1 != 2 }} {{ 'a' <= 'a' }}", "{{ 'a' < 1 }}", "{{ none < 1 }}", "{{ missing < 1 }}",
        "{{ 'a' in 'cat' }} {{ 'A' in 'cat' }} {{ 2 in list }} {{ 'b' in map }} {{ 1 in map }} {{ 'x' not in 'cat' }} {{ '' in '' }} {{ 3 in (1, 3) }} {{ 'a' in missing }} {{ 1.0 in [1] }}", "{{ 1 in 'a' }}", "{{ 1 in none }}", "{{ 'a' in n }}",
        "{{ 'e\\u0301' == '\\u00e9' }} {{ {'e\\u0301': 1, '\\u00e9': 2}|length }}", "{{ not true }} {{ not '' }} {{ not not 1 }} {{ 0 or 'x' }} {{ 1 and 'y' }} {{ '' and 1 }}| {{ none or false }} {{ not 1 == 2 }}", "{{ 1 if yes }} {{ 1 if no }}| {{ 1 if no else 2 if no else 3 }}",
        "{{ 'a' if no }}{{ ('a' if no) is defined }}", "{{ ('a' if no).x }}", "{{ 5 in range(10) }} {{ 2 is in [1, 2] }}",
    ],
    "subscripts": [
        "{{ list[0] }} {{ list[-1] }} {{ list[9] }}| {{ list['x'] }}| {{ map['b'] }} {{ map.b }} {{ map['items'] }} {{ map.items is callable }} {{ map.nested.k[1]['z'] }} {{ list.0 }}",
        "{{ word[0] }} {{ word[-2] }} {{ word[99] }}| {{ word[1:3] }} {{ word[::-1] }} {{ word[:-1] }} {{ word[-3:] }} {{ list[1:] }} {{ list[::2] }} {{ list[::-1] }} {{ list[:0] }} {{ list[5:] }} {{ list[-9:2] }} {{ (1, 2, 3)[1:] }} {{ word[4:1:-1] }}",
        "{{ messages[1:][0].role }} {{ messages[1].content[-1] }} {{ '\\U0001f600x'[0] }} {{ '\\U0001f600x'|length }}", "{{ missing.x }}", "{{ missing['x'] }}", "{{ missing.x.y }}", "{{ map.none.x }}", "{{ map.zz is defined }} {{ map.zz.y is defined }}", "{{ nothing.x }}|", "{{ n.x }}|", "{{ missing[1:] }}",
        "{{ list[none:2] }} {{ list[0:none] }}", "{{ list['a':] }}", "{{ list[::0] }}", "{{ map[[1]] }}|", "{{ range(5)[2] }} {{ range(5)[-1] }} {{ range(10)[2:5] }}|", "{{ map['get']('b') }} {{ map.get('zz') }} {{ map.get('zz', 4) }}", "{{ {'a': {'b': [1, 2]}}.a.b.1 }}",
        "{{ list[true] }} {{ [1,2][1.0] }}|", "{{ map.keys()|list }} {{ map.values()|first }} {{ (map.items()|list)[0] }}", "{{ 'x'.y }}|{{ [].y is defined }}", "{{ map.copy() == map }}",
    ],
    "sandbox": [
        "{{ list.append(1) }}", "{{ list.append }}|{{ list.append is defined }}", "{{ map.update({}) }}", "{{ map.pop('b') }}", "{{ ''.__class__ }}|", "{{ ''.__class__.__mro__ }}", "{{ range(100001) }}", "{{ range(100000)|length }}", "{{ raise_exception('no: ' ~ n) }}", "{{ list.sort() }}", "{% set ns = namespace() %}{% set ns._x = 1 %}",
        "{{ namespace(_x=1) }}", "{% set map.b = 3 %}", "{{ n() }}", "{{ missing() }}", "{{ map.b() }}", "{{ ().append }}|", "{{ map['__class__'] }}|", "{{ list|attr('append') }}|",
    ],
    "loops": [
        "{% for i in list %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.previtem }}{{ loop.nextitem }}{{ loop.depth }};{% endfor %}",
        "{% for k, v in map.items() %}{{ k }}={{ v }};{% endfor %}{% for k in map %}{{ k }}{% endfor %}", "{% for c in 'a\\U0001f600é' %}[{{ c }}]{% endfor %}", "{% for x in [] %}a{% else %}none{% endfor %}", "{% for x in missing %}a{% else %}none{% endfor %}", "{% for x in nothing %}a{% endfor %}", "{% for x in n %}a{% endfor %}",
        "{% for p in people if p.age > 26 %}{{ loop.index }}/{{ loop.length }}{{ p.name }}{% endfor %}", "{% for i in range(9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 5 %}{% break %}{% endif %}{{ i }}{% endfor %}", "{% for a, b in [[1, 2], (3, 4), 'xy'] %}{{ a }}-{{ b }} {% endfor %}", "{% for a, b in [[1]] %}{% endfor %}", "{% for a, b in [[1, 2, 3]] %}{% endfor %}",
        "{% for a, (b, c) in [[1, [2, 3]]] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "{% set x = 1 %}{% for i in list %}{% set x = x + i %}{{ x }}{% endfor %}{{ x }}", "{% set ns = namespace(x=1) %}{% for i in list %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }} {{ ns.y }}|{{ ns.y is defined }}", "{% for i in list %}{% for j in list %}{{ loop.index }}{% endfor %}{{ loop.index }} {% endfor %}",
        "{% for i in list %}{{ loop.cycle('a', 'b') }}{{ loop.changed(i > 1) }}{% endfor %}", "{% for x in [1, [2, [3]], 4] recursive %}{% if x is iterable %}({{ loop(x) }}){% else %}{{ x }}.{{ loop.depth }}{% endif %}{% endfor %}", "{% for i in list %}{% if loop.first %}{% set y = i %}{% endif %}{{ y }}|{% endfor %}{{ y }}|", "{{ loop }}|", "{% for i in list %}{% set outer = loop %}{% for j in 'ab' %}{{ outer.index }}{{ loop.index }} {% endfor %}{% endfor %}",
        "{% for m in messages[::-1] %}{{ m.role }} {% endfor %}", "{% for i in list|sort|reverse %}{{ i }}{{ loop.last }}{% endfor %}", "{% for item in [1, 2, 3] if item is odd %}{{ loop.previtem }}|{{ item }}|{{ loop.nextitem }};{% endfor %}", "{% for x in [3, 4] %}{% endfor %}{{ x }}|", "{% for i in range(3) %}{% if i == 1 %}{% break %}{% endif %}{{ i }}{% else %}never{% endfor %}",
        "{% for i in (1, 2) %}{{ i }}{% endfor %}{% for i in 1, 2 %}{{ i }}{% endfor %}", "{% break %}",
    ],
    "statements": [
        "{% if zero %}a{% elif n %}b{% else %}c{% endif %}{% if missing %}d{% endif %}{% if 'a' in 'b' or yes and not no %}e{% endif %}", "{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set c = 1, %}{{ c }}", "{% set x %}\n hello {{ n }}\n{% endset %}[{{ x }}]{{ x is string }}", "{% set x | upper | trim %} abc {% endset %}[{{ x }}]", "{% if yes %}{% set q = 5 %}{% endif %}{{ q }}",
        "{% filter upper %}abc {{ word }}{% endfilter %}", "{% filter replace('a', 'b')|upper %}aaa{% endfilter %}", "{% with a = 1, b = n %}{{ a }}{{ b }}{% endwith %}{{ a }}|", "{% with %}{% set z = 1 %}{{ z }}{% endwith %}{{ z }}|", "{% generation %}a{{ n }}{% set g = 1 %}{{ g }}{% endgeneration %}{{ g }}|", "{% print n, 'x' %}", "{% set x %}{% set y = 2 %}{{ y }}{% endset %}{{ x }}{{ y }}|",
        "{% set messages = messages[1:] %}{{ messages|length }}{{ messages[0].role }}", "{% set ns = namespace({'a': 1}, b=2) %}{{ ns.a }}{{ ns.b }}{% set ns.a %}block{% endset %}{{ ns.a }}", "{% set (a, b) = [1, 2] %}{{ a }}{{ b }}", "{% set a, b = [1] %}", "{% set ns = namespace(found=false) %}{% if not ns.found %}{% set ns.found = true %}{% endif %}{{ ns.found }} {{ ns['found'] }}|", "{% if loop %}a{% endif %}b", "{% set n = n + 1 %}{{ n }}", "{% if n is defined and n %}{{ n }}{%- endif %} z",
        "{{ strftime_now('%Y-%m-%d %d %b %B %A %a %H:%M:%S %I %p %j %y %-d %e %%') }}", "{% set l = [] %}{% for i in list %}{% set l = l + [i] %}{% endfor %}{{ l }}", "{{ dict(a=1, b=2) }} {{ dict({'x': 1}, y=2) }} {{ dict([('p', 1)]) }} {{ dict() }}", "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}{% set j = joiner('-') %}{% for i in list %}{{ j() }}{{ i }}{% endfor %}",
    ],
    "macros": [
        "{% macro m(a, b=2, c=a) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ m(1) }} {{ m(1, 3) }} {{ m(1, c=5) }} {{ m(b=9, a=8) }}", "{% macro m(a) %}{{ a }}|{{ a is defined }}{% endmacro %}{{ m() }}", "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", "{% macro m(a) %}{% endmacro %}{{ m(b=1) }}", "{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, x=3) }}",
        "{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}in{{ n }}{% endcall %}", "{% macro m() %}{{ caller(1, 2) }}{% endmacro %}{% call(a, b) m() %}{{ a }}+{{ b }}{% endcall %}", "{% macro f(x) %}{% if x > 0 %}{{ x }}{{ f(x - 1) }}{% endif %}{% endmacro %}{{ f(4) }}", "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}B{% endmacro %}{{ a() }}", "{% set x = 1 %}{% macro m() %}{{ x }}{% set x = 2 %}{{ x }}{% endmacro %}{{ m() }}{{ x }}", "{% macro m(a) %}\n  {{ a }}\n{% endmacro %}[{{ m('q') }}]{{ m('q')|trim|upper }}",
        "{% macro m(x) -%} {{ x.name }} {%- endmacro %}{{ people|map(attribute='name')|map('upper')|join(',') }}{{ m(people[0]) }}", "{{ m is defined }}{% macro m() %}{% endmacro %}{{ m is defined }}{{ m is callable }}{{ m.name }}", "{% macro m(a, b) %}{{ a }}{{ b }}{% endmacro %}{{ m(*[1, 2]) }}{{ m(**{'a': 3, 'b': 4}) }}", "{% for i in list %}{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% endfor %}", "{% macro inner(ns) %}{% set ns.n = ns.n + 1 %}{% endmacro %}{% set s = namespace(n=0) %}{{ inner(s) }}{{ inner(s) }}{{ s.n }}",
        "{% macro m(a, a2=missing) %}{{ a2 is defined }}{% endmacro %}{{ m(1) }}", "{% macro m(content) %}{% if content is string %}{{ content }}{% else %}{% for p in content %}{{ p.text }}{% endfor %}{% endif %}{% endmacro %}{{ m('a') }}{{ m([{'text': 'b'}, {'text': 'c'}]) }}", "{% macro m(a, a=1) %}{{ a }}{% endmacro %}x",
    ],
    "tests": [
        "{{ n is defined }} {{ missing is defined }} {{ missing is undefined }} {{ nothing is none }} {{ n is none }} {{ nothing is not none }}", "{% for v in [1, 1.0, true, 'a', none, [], {}, (), range(2)] %}{{ v is number }}{{ v is integer }}{{ v is float }}{{ v is boolean }}{{ v is string }}{{ v is mapping }}{{ v is iterable }}{{ v is sequence }}{{ v is true }}{{ v is false }}{{ v is none }}{{ v is callable }} {% endfor %}",
        "{{ missing is iterable }} {{ missing is sequence }} {{ missing is mapping }} {{ missing is string }} {{ missing is none }} {{ missing is callable }} {{ missing is number }} {{ missing is false }}", "{{ 3 is odd }} {{ 3 is even }} {{ 4 is divisibleby 2 }} {{ 4 is divisibleby(3) }} {{ 1 is eq 1 }} {{ 1 is ne(2) }} {{ 1 is lt 2 }} {{ 2 is ge 2 }} {{ 2 is gt(1) }} {{ 'a' is in 'abc' }} {{ 'a' is equalto 'a' }} {{ none is sameas none }} {{ true is sameas true }} {{ 1 is sameas true }}",
        "{{ 'abc' is lower }} {{ 'ABC' is upper }} {{ 'upper' is filter }} {{ 'nope' is filter }} {{ 'odd' is test }}", "{{ n is not string and n is number }} {{ not n is string }} {{ n is number or false }} {{ 1 if n is defined else 2 }}", "{{ n is nosuch }}", "{{ n is odd is true }}", "{{ map.items() is sequence }} {{ map.items() is iterable }} {{ map.items is string }} {{ list|map('string') is iterable }} {{ list|map('string') is sequence }}", "{{ 'a' is odd }}",
        "{{ 3 is divisibleby 3 and 4 is even }} {{ word is string }} {{ f is integer }} {{ n.x is defined }} {{ (n, 1) is sequence }}",
    ],
    "filters": [
        "{{ missing|default('d') }} {{ ''|default('d') }}| {{ ''|default('d', true) }} {{ none|d('x') }} {{ missing|default }}| {{ 0|default(5, boolean=true) }}", "{{ list|length }} {{ word|length }} {{ map|count }} {{ missing|length }}", "{{ n|length }}", "{{ text|trim }}| {{ 'xxaxx'|trim('x') }} {{ n|trim }} {{ '\\u3000a\\x1f '|trim }}|", "{{ n|string ~ 1 }} {{ none|string }} {{ [1]|string }}|",
        "{{ list|join }} {{ list|join(', ') }} {{ people|join('/', attribute='name') }} {{ 'abc'|join('-') }} {{ []|join }}|", "{{ word|upper }} {{ 'ÀÉ'|lower }} {{ greek|lower }} {{ 'hELLO wORLD'|capitalize }} {{ 'hELLO wORLD it\\'s x-y'|title }} {{ '\\u01c6'|capitalize }} {{ n|upper }}|", "{{ list|first }} {{ list|last }} {{ 'abc'|first }} {{ []|first }}| {{ missing|first }}|{{ 'abc'|last }}", "{{ list|sort }} {{ list|sort(reverse=true) }} {{ words|sort }} {{ words|sort(case_sensitive=true) }} {{ people|sort(attribute='age,name')|map(attribute='name')|list }}",
        "{{ people|sort(attribute='age', reverse=true)|map(attribute='name')|join }}", "{{ map|dictsort }} {{ {'b': 1, 'a': 3, 'C': 2}|dictsort }} {{ {'b': 1, 'a': 3, 'C': 2}|dictsort(true) }} {{ {'b': 1, 'a': 3, 'C': 2}|dictsort(by='value', reverse=true) }}", "{{ words|unique|list }} {{ [1, 1.0, 2, true]|unique|list }} {{ words|map('lower')|unique|join }} {{ people|unique(attribute='age')|map(attribute='name')|list }}", "{{ list|min }} {{ list|max }} {{ words|max }} {{ []|max }}| {{ people|min(attribute='age') }} {{ list|sum }} {{ people|sum(attribute='age') }} {{ [[1], [2]]|sum(start=[]) }}",
        "{{ people|selectattr('age', 'equalto', 30)|map(attribute='name')|list }} {{ people|selectattr('city')|list|length }} {{ people|rejectattr('city')|map(attribute='name')|join }} {{ people|selectattr('city', 'defined')|list|length }} {{ list|select('odd')|list }} {{ list|reject('gt', 1)|list }} {{ [0, 1, '', 'a']|select|list }} {{ people|map(attribute='city.n', default='?')|list }}", "{{ ['a', 1]|map('upper')|list }} {{ ['a b', 'c']|map('replace', ' ', '_')|list }} {{ [[1, 2], [3]]|map('length')|list }} {{ [[1, 2], [3]]|map(attribute=0)|list }} {{ ['x']|map('default', 'y')|list }}",
        "{{ people|map('nosuch')|list }}", "{{ 'aaa'|replace('a', 'b') }} {{ 'aaa'|replace('a', 'b', 2) }} {{ 'ab'|replace('', '-') }} {{ 11|replace('1', 2) }}", "{{ 'a\\nb\\n\\nc'|indent }}| {{ 'a\\nb'|indent(2, true) }}| {{ 'a\\n\\nb'|indent(2, blank=true) }}| {{ 'a\\nb\\n'|indent('> ') }}| {{ 'a\\nb'|indent(width=1, first=True) }}|", "{{ '42'|int }} {{ '4.7'|int }} {{ 'x'|int }} {{ 'x'|int(5) }} {{ 3.9|int }} {{ -3.9|int }} {{ 'ff'|int(0, 16) }} {{ '0x1f'|int(base=16) }} {{ true|int }} {{ none|int }} {{ ' 7 '|int }} {{ '1_0'|int }} {{ '2.5'|float }} {{ 'z'|float }} {{ 3|float }} {{ '1e3'|float }}",
        "{{ 2.5|round }} {{ 3.5|round }} {{ 2.675|round(2) }} {{ 2.1|round(0, 'ceil') }} {{ 2.55|round(1, 'floor') }} {{ 7|round }} {{ -2.5|round }} {{ 1234.5|round(-2) }}", "{{ 'abc'|reverse }} {{ list|reverse|list }} {{ 'abc'|list }} {{ map|list }} {{ (1, 2)|list }} {{ missing|list }}", "{{ map|items|list }} {{ missing|items|list }} {% for k, v in map|items %}{{ k }}{% endfor %}", "{{ n|items|list }}", "{{ '<a href=\"x\">\\'&'|e }} {{ '<b>'|escape }} {{ '<b>'|safe }}", "{{ '%s-%s'|format(1, 'a') }} {{ '%(x)s'|format(x=3) }} {{ '%.2f'|format(2) }}",
        "{{ people|groupby('age') }} {% for age, group in people|groupby('age') %}{{ age }}:{{ group|length }} {% endfor %} {{ people|groupby('city.n', default='') |list|length }}", "{{ [1, 2, 3, 4, 5]|batch(2)|list }} {{ [1, 2, 3]|batch(2, 'x')|list }} {{ [1, 2, 3, 4, 5]|slice(2)|list }} {{ [1, 2, 3]|slice(2, 'f')|list }}", "{{ 'one two_three, four'|wordcount }} {{ 'ab'|center(7) }}| {{ 'abc'|center(6) }}| {{ 'foo bar baz qux'|truncate(9) }} {{ 'foo bar baz qux'|truncate(9, true) }} {{ 'foo bar baz'|truncate(11) }}",
        "{{ n|nosuch }}", "{{ map|attr('get')('b') }} {{ map|attr('b') }}|", "{{ -1|abs|string ~ 'x' }} {{ 1|default(2)|int + 3 }} {{ -5|abs }} {{ (list|length - 1) * 2 }}", "{{ list|tojson|length }} {{ messages|map(attribute='role')|unique|join(', ') }}", "{% set it = list|map('string') %}{{ it|join }}{{ it|join }}|", "{{ (list|map('string'))|length }}", "{{ (list|map('string'))|first }}", "{{ 'a,b'.split(',')|map('upper')|join('|') }}", "{{ list|last|string|upper }}",
    ],
    "tojson": [
        "{{ map|tojson }} {{ messages|tojson }} {{ tools[0]|tojson }}", "{{ map|tojson(indent=2) }}", "{{ [1, [], {}, [2, {'a': []}]]|tojson(indent=4) }}", "{{ messages[1].content|tojson }} {{ messages[1].content|tojson(ensure_ascii=true) }}", "{{ {'b': 1, 'a': 2}|tojson(sort_keys=true) }} {{ {'a': [1, 2]}|tojson(separators=(',', ':')) }} {{ {'a': 1}|tojson(indent=1, separators=(' , ', ' = ')) }}", "{{ [1.0, 1e16, 1e-7, true, none, 'a\\n\\t\\x01\\x7f\\\\/', (1, 2)]|tojson }}",
        "{{ {1: 2, none: 3, true: 4, 2.5: 5}|tojson }}", "{{ missing|tojson }}", "{{ range(3)|tojson }}", "{{ map.items()|list|tojson }} {{ 'a</script>&\\''|tojson }}", "{{ '\\x7f\\u2028'|tojson(ensure_ascii=True) }}", "{{ {(1, 2): 3}|tojson }}", "{{ [inf]|tojson }}", "{{ map|tojson(indent='--') }}", "{{ (list|map('string'))|tojson }}",
    ],
    "methods": [
        "{{ text.strip() }}|{{ text.lstrip() }}|{{ text.rstrip() }}|{{ 'xyax'.strip('xy') }} {{ 'abc'.upper() }} {{ 'ABC'.lower() }} {{ 'abc def'.title() }} {{ 'they\\'re'.title() }} {{ 'aBC'.capitalize() }} {{ 'aB'.swapcase() }}", "{{ 'a b  c'.split() }} {{ 'a,b,,c'.split(',') }} {{ 'a,b,c'.split(',', 1) }} {{ ' a b c '.split(None, 1) }} {{ 'a,b,c'.rsplit(',', 1) }} {{ 'a b c'.rsplit(maxsplit=1) }} {{ ''.split() }} {{ ''.split(',') }} {{ 'a</think>b'.split('</think>')[-1] }} {{ 'aaa'.split('aa') }} {{ 'aaa'.rsplit('aa') }}",
        "{{ 'a'.split('') }}", "{{ 'abc'.startswith('ab') }} {{ 'abc'.startswith(('x', 'a')) }} {{ 'abc'.endswith('bc') }} {{ 'abc'.startswith('b', 1) }} {{ 'abc'.endswith('') }} {{ 'abc'.startswith('abcd') }}", "{{ 'abc'.startswith(1) }}", "{{ 'aXbX'.replace('X', '--') }} {{ 'aaa'.replace('a', 'b', 1) }} {{ 'abcabc'.find('c') }} {{ 'é-c'.find('c') }} {{ 'abcabc'.rfind('c') }} {{ 'abc'.find('z') }} {{ 'abc'.index('b') }} {{ 'banana'.count('an') }} {{ 'abc'.count('') }} {{ 'abcabc'.find('c', 3) }}", "{{ 'abc'.index('z') }}",
        "{{ ', '.join(['a', 'b']) }} {{ '-'.join('abc') }}", "{{ ', '.join([1]) }}", "{{ 'a\\nb\\r\\nc\\n'.splitlines() }} {{ 'a\\nb'.splitlines(true) }} {{ 'a b'.partition(' ') }} {{ 'a b c'.rpartition(' ') }} {{ 'abc'.partition('z') }} {{ 'abc'.removeprefix('ab') }} {{ 'abc'.removesuffix('bc') }}", "{{ '5'.isdigit() }} {{ '²'.isdigit() }} {{ '½'.isnumeric() }} {{ 'a1'.isalnum() }} {{ 'ab'.isalpha() }} {{ ' '.isspace() }} {{ 'AB'.isupper() }} {{ 'ab1'.islower() }} {{ ''.isalpha() }} {{ '五'.isnumeric() }} {{ '٣'.isdecimal() }}",
        "{{ '7'.zfill(3) }} {{ '-7'.zfill(4) }} {{ 'a'.ljust(3, '.') }} {{ 'a'.rjust(3) }} {{ 'ab'.center(5, '*') }} {{ 'abc'.center(6, '*') }}", "{{ '{} {}'.format(1, 'a') }} {{ '{1}{0}'.format('a', 'b') }} {{ '{x}'.format(x=2) }} {{ '{:>5}|{:<4}|{:^5}|{:05d}|{:.2f}|{:,}|{:x}'.format('a', 'b', 'c', 42, 3.14159, 1234567, 255) }} {{ '{{}}'.format() }} {{ '{0[k]} {1.name!r}'.format({'k': 1}, {'name': 'z'}) }}", "{{ '{} {}'.format(1) }}", "{{ [1, 2, 1].count(1) }} {{ [1, 2].index(2) }} {{ (1, 2).index(2) }}", "{{ [1].index(5) }}",
        "{{ map.items()|length }} {{ map.keys()|length }} {% for k, v in map.items() %}{{ k }}{% endfor %}", "{{ 'ß'.upper() }} {{ 'İ'.lower()|length }} {{ 'ΑΣ ΑΣΑ'.lower() }} {{ 'ŉ'.title() }}", "{{ 'a'.nosuch() }}", "{{ content.split('x') }}", "{{ messages[0].content.split()[-1].rstrip('.') }} {{ messages[2].tool_calls[0].function.arguments|tojson }}",
    ],
    "markup": [
        "{{ '<'|safe + '<' }} {{ '<' + '>'|safe }} {{ '<'|safe ~ '<' }} {{ ('<' ~ '&'|safe) + '<' }} {{ '<'|e + '<' }} {{ '<'|safe|e }} {{ '<'|e|e }} {{ '<'|forceescape }} {{ '<'|e|forceescape }}",
        "{{ ('a'|safe).upper() + '<' }} {{ 'a'|safe|upper + '<' }} {{ 'a<'|safe|trim + '<' }} {{ 'a'|safe|replace('a', '<') + '<' }} {{ ('a'|safe).replace('a', '<') + '&' }} {{ 'a'|safe|string + '<' }} {{ 'a'|safe|indent + '<' }} {{ 'a'|safe|capitalize + '<' }}",
        "{{ [1, 'a'|safe] }} {{ {'k': 'a<'|safe} }} {{ ['a'|safe]|tojson }} {{ ['<'|safe, '<']|join('<') }} {{ ('<'|safe).join(['<', '>']) }} {{ 'a,b'|safe }} {{ ('a,b'|safe).split(',') }} {{ ('a-b'|safe).partition('-') }}",
        "{{ '%s|%s'|safe % ('<', 1) }} {{ '%s'|safe|format('<') }} {{ '%s' % ('<'|safe) }} {{ ('a<'|safe)[1:] + '<' }} {{ ('a<'|safe)[1] + '<' }} {{ ('a'|safe) * 2 + '<' }} {{ 2 * ('a'|safe) + '<' }} {{ ('{}'|safe).format('<') }}",
        "{{ 'a'|safe == 'a' }} {{ 'a' in ('ab'|safe) }} {{ {'a': 1}['a'|safe] }} {{ 'a'|safe is string }} {{ 'a'|safe is escaped }} {{ 'a' is escaped }} {{ ('a'|safe)|length }} {{ '1'|safe|int + 1 }} {{ 'b'|safe > 'a' }} {{ 'x' if ''|safe else 'y' }}",
        "{{ ('a<'|safe)|first + '<' }} {{ ('a<'|safe)|list }} {{ ('a<'|safe)|reverse }} {% for c in 'ab'|safe %}{{ c + '<' }}{% endfor %} {{ 'a'|safe|default('<') + '<' }} {% set x = 'a'|safe %}{{ x + '<' }} {% set y %}{{ x }}{% endset %}{{ y + '<' }} {% filter upper %}{{ x + '<' }}{% endfilter %}",
        "{{ 'a'|safe + 1 }}", "{{ 1 + 'a'|safe }}", "{{ 'a'|safe + none }}", "{{ 'a'|safe + missing }}", "{{ missing + 'a'|safe }}", "{{ 5|safe + '<' }} {{ none|safe }} {{ missing|safe }}|",
    ],
    "falsehood": [
        "{{ none|map('upper')|list }} {{ none|selectattr('a')|list }} {{ none|rejectattr('a', 'equalto', 1)|list }} {{ none|select|list }} {{ 0|map(attribute='x')|list }} {{ false|reject('odd')|list }} {{ ''|map('upper')|list }} {{ missing|map('upper')|list }}",
        "{{ none|list }}", "{{ none|join }}", "{{ none|length }}", "{{ none|first }}", "{{ none|sort }}", "{{ none|unique|list }}", "{{ 1|map('upper')|list }}", "{{ none|items|list }}", "{{ 'banana'.find('an') }} {{ 'banana'.rfind('an') }} {{ 'banana'.count('an') }} {{ 'banana'.rsplit('an', 1) }} {{ 'aaa'.count('aa') }} {{ 'aaa'.rfind('aa') }} {{ 'aaa'.rsplit('aa') }} {{ 'aabaab'.replace('ab', 'x') }}",
        "{{ 'a'.center(5, 'xy') }}", "{{ 'a'.ljust(5, '') }}",
    ],
    "errors": [
        "{% if %}", "{{ }}", "{{ 1 +  }}", "{% for x list %}{% endfor %}", "{% endif %}", "{% if yes %}", "{{ 'abc }}", "{{ (1 }}", "{{ 1) }}", "{% unknown %}", "{# open", "{% raw %} x", "{{ a b }}", "{% set true = 1 %}", "{% macro m( %}{% endmacro %}", "{% if yes %}{% endfor %}", "{{ {1 2} }}", "{{ n | }}", "{{ n is }}", "{% for i in list %}{% endif %}", "{{ $ }}", "{% set x %}", "{{ f(a=1, 2) }}", "text {{", "{% if a = 1 %}{% endif %}", "{{ [1, }}", "{% else %}",
    ],
}

CONVERSATIONS = [
    {"messages": [{"role": "user", "content": "Hello"}]},
    {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi there"}, {"role": "assistant", "content": "Hello!"}, {"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "4"}]},
    {"messages": [{"role": "user", "content": ""}, {"role": "assistant", "content": ""}]},
    {"messages": [{"role": "user", "content": "\u00e9\u4e2d\U0001f600 <b>&\"'\\ \n\n  x  "}, {"role": "assistant", "content": "  \u0645\u0631\u062d\u0628\u0627\n"}]},
    {"messages": [{"role": "user", "content": "think"}, {"role": "assistant", "content": "<think>\nhm\n</think>\n\nok"}, {"role": "user", "content": "more"}, {"role": "assistant", "content": "fine", "reasoning_content": "because", "thinking": "because"}]},
    {"messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "add"}, {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "id": "call_1", "function": {"name": "add", "arguments": {"x": 1, "y": [2.5, None, True, "z"]}}}]},
                  {"role": "tool", "name": "add", "tool_call_id": "call_1", "content": "3.5"}, {"role": "assistant", "content": "It is 3.5."}, {"role": "user", "content": "thanks"}]},
    {"messages": [{"role": "user", "content": "add"}, {"role": "assistant", "content": None, "tool_calls": [{"type": "function", "id": "c1abcdefg", "function": {"name": "a", "arguments": {}}}, {"type": "function", "id": "c2abcdefg", "function": {"name": "b", "arguments": {"q": {"r": "s"}}}}]},
                  {"role": "tool", "name": "a", "tool_call_id": "c1abcdefg", "content": "1"}, {"role": "tool", "name": "b", "tool_call_id": "c2abcdefg", "content": {"k": 2}}, {"role": "assistant", "content": "done"}]},
    {"messages": [{"role": "user", "content": [{"type": "text", "text": "look"}, {"type": "image"}]}, {"role": "assistant", "content": [{"type": "text", "text": "a cat"}]}]},
    {"messages": [{"role": "developer", "content": "D"}, {"role": "user", "content": "x"}, {"role": "user", "content": "y"}]},
    {"messages": [{"role": "assistant", "content": "first"}, {"role": "user", "content": "then"}]},
    {"messages": []},
    {"messages": [{"role": "system", "content": "only"}]},
]

TOOLS = [
    {"type": "function", "function": {"name": "add", "description": "Add <two> numbers\nand more.", "parameters": {"type": "object", "properties": {
        "x": {"type": "number", "description": "left"}, "y": {"type": "array", "items": {"type": "number"}, "description": "right"}, "mode": {"type": "string", "enum": ["a", "b"], "default": "a", "nullable": True},
        "o": {"type": "object", "properties": {"p": {"type": ["integer", "null"]}}, "required": ["p"]}}, "required": ["x", "y"]}, "return": {"type": "number", "description": "sum"}}},
    {"type": "function", "function": {"name": "now", "description": "Time", "parameters": {"type": "object", "properties": {}}}},
]


def contexts():
    for conversation in CONVERSATIONS:
        for tools in (None, TOOLS):
            for prompt in (False, True):
                extras = [{}]
                if tools is None:
                    extras += [{"enable_thinking": False}, {"enable_thinking": True, "reasoning_effort": "high"}]
                for extra in extras:
                    yield {**conversation, "tools": tools, "documents": None, "add_generation_prompt": prompt, "bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>", **extra}


def rendered(template, context):
    try:
        return {"text": compiled(template).render(**context)}
    except Exception as error:  # any failure of Jinja's is the golden answer
        return {"error": f"{type(error).__name__}: {error}"[:200]}


def write(path, name, templates, context):
    with open(path, "w", encoding="utf-8") as out:
        for template in templates:
            out.write(json.dumps({"name": name, "template": template, **rendered(template, context)}, separators=(",", ":")) + "\n")


def fixtures(directory):
    directory = pathlib.Path(directory)
    (directory / "context.json").write_text(json.dumps(CONTEXT, indent=1) + "\n", encoding="utf-8")
    for name, templates in TEMPLATES.items():
        write(directory / f"{name}.jsonl", name, templates, CONTEXT)
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in sorted(directory.glob("*.json*"))]
    (directory / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def render(path, *templates):
    with open(path, "w", encoding="utf-8") as out:
        for file in templates:
            source = pathlib.Path(file).read_text(encoding="utf-8")
            for context in contexts():
                out.write(json.dumps({"name": pathlib.Path(file).name, "template": source, "context": context, **rendered(source, context)}) + "\n")


if __name__ == "__main__":
    assert jinja2.__version__ == PINNED, jinja2.__version__
    {"fixtures": fixtures, "render": render}[sys.argv[1]](*sys.argv[2:])
