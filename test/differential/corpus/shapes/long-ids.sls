This is a long ID with spaces, commas; and so on - for {{ data.id }}:
  local.test.ping:
    - tgt: x
'quoted: id':
  local.test.ping:
    - tgt: y
"{{ data.id }}: more":
  local.test.ping:
    - tgt: z
? explicit
: local.test.ping: [{tgt: e}]
