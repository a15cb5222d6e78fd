a: {{ 'abc }}
