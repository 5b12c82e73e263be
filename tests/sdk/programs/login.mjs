// A program that logs in before it starts.
import * as weave from 'weave';

await weave.login('any', 'localhost');
