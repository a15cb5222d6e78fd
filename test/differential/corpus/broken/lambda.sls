a: {{ (lambda x: x)(1) }}
