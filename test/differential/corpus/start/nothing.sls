{# not yet #}
