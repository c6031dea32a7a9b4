/** Questions of a lab: choices and free answers, marked by the manager, which alone knows what is right. */
'use client';

import type { ReaderQuiz } from '@drydock/lab';
import type { SessionCallAnswer } from '@drydock/protocol';
import { type FormEvent, useId, useState } from 'react';
import { strings } from '../../strings.ts';
import { useCanWork, useWorkbench } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';
import { useLabHere } from './lab-context.tsx';
import { Phrases, type ProseParts } from './prose.tsx';

const text = strings.labs;

type Mark = SessionCallAnswer<'lab:answer'>;

/** Sends an answer; a failure is shown where the answer stands. */
function useAnswer(key: string) {
  const { labs } = useWorkbench();
  const here = useLabHere();
  const [mark, setMark] = useState<Mark | undefined>();
  const [problem, setProblem] = useState('');
  const isRight = mark?.right ?? here?.view.answers[key]?.right;
  const send = (given: { text: string } | { chosen: number[] }) =>
    labs.answer({ key, ...given }).then(
      (next) => {
        setProblem('');
        setMark(next);
      },
      (error: Error) => setProblem(error.message),
    );
  return { mark, isRight, problem, send };
}

function Verdict({ isRight, problem }: { isRight: boolean | undefined; problem: string }) {
  const said = problem !== '' ? problem : isRight === undefined ? '' : isRight ? text.right : text.wrong;
  return (
    <p role="status" className={isRight === true && problem === '' ? 'text-[13px] text-ok' : 'text-[13px] text-danger'}>
      {said}
    </p>
  );
}

export function QuizBlock({ quiz, parts }: { quiz: ReaderQuiz; parts: ProseParts }) {
  const canWork = useCanWork();
  const name = useId();
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const { mark, isRight, problem, send } = useAnswer(quiz.key);
  const choose = (index: number) =>
    setChosen(
      quiz.several ? (chosen.includes(index) ? chosen.filter((each) => each !== index) : [...chosen, index]) : [index],
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send({ chosen: [...chosen] });
  };
  return (
    <form onSubmit={submit} className="rounded-md border border-line p-3">
      <fieldset disabled={!canWork}>
        <legend className="font-[600]">
          <Phrases nodes={quiz.question} parts={parts} />
          <span className="ml-2 font-[400] text-[13px] text-ink-3">
            {quiz.several ? text.chooseSeveral : text.chooseOne}
          </span>
        </legend>
        {quiz.items.map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an item is named by its place.
          <label key={index} className="flex items-start gap-2 py-1">
            <input
              type={quiz.several ? 'checkbox' : 'radio'}
              name={name}
              className="mt-1.5"
              checked={chosen.includes(index)}
              onChange={() => choose(index)}
            />
            <span>
              <Phrases nodes={item.nodes} parts={parts} />
              {mark?.why
                .filter((why) => why.item === index)
                .map((why) => (
                  <span key={why.text} className="block text-[13px] text-ink-2">
                    {why.text}
                  </span>
                ))}
            </span>
          </label>
        ))}
        <div className="mt-2 flex items-center gap-3">
          <Button size="sm" type="submit" disabled={chosen.length === 0}>
            {text.check}
          </Button>
          <Verdict isRight={isRight} problem={problem} />
        </div>
      </fieldset>
    </form>
  );
}

export function AskBlock({ leaf, question }: { leaf: string; question: string }) {
  const canWork = useCanWork();
  const [given, setGiven] = useState('');
  const { isRight, problem, send } = useAnswer(leaf);
  const id = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send({ text: given });
  };
  return (
    <form onSubmit={submit} className="rounded-md border border-line p-3">
      <label htmlFor={id} className="font-[600]">
        {question}
      </label>
      <div className="mt-2 flex flex-wrap items-center gap-2">
        <input
          id={id}
          value={given}
          disabled={!canWork}
          maxLength={2000}
          autoComplete="off"
          spellCheck={false}
          aria-label={`${question} ${text.answer}`}
          onChange={(event) => setGiven(event.target.value)}
          className="h-9 min-w-0 flex-1 rounded-md border border-edge bg-surface px-2.5"
        />
        <Button size="sm" type="submit" disabled={!canWork || given.trim() === ''}>
          {text.check}
        </Button>
      </div>
      <Verdict isRight={isRight} problem={problem} />
    </form>
  );
}
