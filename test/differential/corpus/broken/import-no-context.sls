{% from x import y %}
