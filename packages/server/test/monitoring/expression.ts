import { parser } from '@prometheus-io/lezer-promql';

/** A time series selector of an expression, such as `up{job="x"}`. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

/** A label of a selector, and the values that it compares with: those of a list such as `a|b` one by one. */
export interface Matcher {
  readonly label: string;
  readonly isPattern: boolean;
  readonly values: readonly string[];
}

/** What an expression of Prometheus names. */
export interface Expression {
  /** Places that are no PromQL; empty for a right expression. */
  readonly faults: readonly string[];
  readonly selectors: readonly Selector[];
  /** Labels by which it groups or matches. */
  readonly groupings: readonly string[];
}

/** Parses an expression of Prometheus with the grammar of Prometheus's own editor. */
export function parseExpression(text: string): Expression {
  const faults: string[] = [];
  const selectors: { metric: string; matchers: Matcher[] }[] = [];
  const groupings: string[] = [];
  let isGrouping = false;
  let label = '';
  let operator = '';
  parser.parse(text).iterate({
    enter({ name, type, from, to }) {
      const words = text.slice(from, to);
      const selector = selectors.at(-1);
      if (type.isError) faults.push(`at ${from}: ${text.slice(from, from + 20)}`);
      else if (name === 'VectorSelector') selectors.push({ metric: '', matchers: [] });
      else if (name === 'Identifier' && selector !== undefined) selector.metric = words;
      else if (name === 'GroupingLabels') isGrouping = true;
      else if (name === 'LabelName' && isGrouping) groupings.push(words);
      else if (name === 'LabelName') label = words;
      else if (name === 'MatchOp') operator = words;
      else if (name === 'StringLiteral' && operator !== '' && selector !== undefined) {
        selector.matchers.push(matcherOf(label, operator, words.slice(1, -1)));
        operator = '';
      }
    },
    leave({ name }) {
      if (name === 'GroupingLabels') isGrouping = false;
    },
  });
  return { faults, selectors, groupings };
}

function matcherOf(label: string, operator: string, value: string): Matcher {
  const isPattern = operator.endsWith('~');
  return { label, isPattern, values: isPattern ? value.split('|') : [value] };
}
