überwachung:
  local.test.ping:
    - tgt: 'žluťoučký-kůň'
    - emoji: "🐳 {{ '🐙' }} {{ data.id ~ 'é' }}"
    - esc: "\u263a\U0001F433"
    - printed: {{ ['é', '🐳'] }}
    - json: {{ ['é', '🐳']|json }}
    - tojson: {{ ['é', '🐳', '<&>']|tojson }}
