a: {{ f'x{data.id}' }}
