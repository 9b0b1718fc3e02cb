afterAll(() => { throw new Error('teardown failed'); });
test('passes before the teardown', () => {});
