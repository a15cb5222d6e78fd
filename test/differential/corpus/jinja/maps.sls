m:
  runner.test.arg:
    - args:
        - items: {{ data.map.items()|list }}
        - keys: {{ data.map.keys()|list }}
        - values: {{ data.map.values()|list }}
        - sorted: {{ data.map|dictsort }}
        - json: {{ data.map|tojson }}
        - lit: {{ {'a': 1, 'b': [1, 2], data.id: data.n} }}
        - get: {{ data.map.get('zz', 'dflt') }}
        - len: {{ data.map|length }}
        - dict: {{ dict(data.map, c=3) }}
        - eq: {{ data.map == {'a': 1, 'b': 2} }}
        - copy: {{ data.map.copy() }}
        - first: {{ data.map|first|default('none') }}
        - list: {{ data.map|list }}
