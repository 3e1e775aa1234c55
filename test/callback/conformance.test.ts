import { it } from 'vitest';
import { cases } from './conformance.js';

it.each(cases)('on Node: $name', ({ run }) => run());
