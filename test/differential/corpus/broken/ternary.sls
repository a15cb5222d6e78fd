a: {{ data.id ? 1 : 2 }}
