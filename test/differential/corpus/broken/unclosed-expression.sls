a: {{ data.id
