#!py
def run():
    return {'a': {'runner.test.arg': [{'x': data['id']}]}}
