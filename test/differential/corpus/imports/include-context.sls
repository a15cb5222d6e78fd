{% set extra = 'E' %}
{% include 'reactor/part.sls' with context %}
