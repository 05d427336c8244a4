'use strict';

// Draws a picture of a run. Whatever a picture says is put in as text, never as markup.
(() => {
  const live = document.documentElement.dataset.kind === 'live';
  const at = id => document.getElementById(id);
  const charts = new Map();
  let picture = JSON.parse(at('picture').textContent);
  let sliding = false;

  const goesOn = () => ['RUNNING', 'PAUSED'].includes(picture.state);

  // Numbers and times for people.
  const whole = number => Math.round(number).toLocaleString('en-US');
  const some = number => number.toLocaleString('en-US', {maximumSignificantDigits: 3});
  const clock = seconds => {
    const all = Math.round(seconds);
    const two = part => String(part).padStart(2, '0');
    const hours = Math.floor(all / 3600);
    const minutes = Math.floor(all / 60) % 60;
    return (hours ? hours + ':' + two(minutes) : minutes) + ':' + two(all % 60);
  };
  const length = ms => {
    if (ms < 1000) return some(ms) + ' ms';
    if (ms < 60e3) return some(ms / 1e3) + ' s';
    if (ms < 3600e3) return some(ms / 60e3) + ' min';
    return some(ms / 3600e3) + ' h';
  };
  const many = (count, one) => whole(count) + ' ' + one + (count === 1 ? '' : 's');

  const element = (name, text, className) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  const colour = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  const faint = (name, share) => {
    const hex = colour(name);
    const part = from => parseInt(hex.slice(from, from + 2), 16);
    return `rgba(${part(1)}, ${part(3)}, ${part(5)}, ${share})`;
  };

  // Makes a chart, or gives the one that is there new data.
  const draw = (id, summary, config) => {
    const canvas = at(id);
    canvas.setAttribute('aria-label', summary);
    const chart = charts.get(id);
    if (!chart) {
      charts.set(id, new Chart(canvas, config));
      return;
    }
    const sameSeries = chart.data.datasets.length === config.data.datasets.length;
    chart.data.labels = config.data.labels;
    config.data.datasets.forEach((dataset, i) => {
      if (sameSeries) Object.assign(chart.data.datasets[i], dataset);
    });
    if (!sameSeries) chart.data.datasets = config.data.datasets;
    chart.options.scales = config.options.scales;
    chart.update('none');
  };

  const axis = (text, more = {}) => ({
    ...more,
    title: {display: true, text, color: colour('quiet')},
    grid: {color: colour('line')},
    ticks: {color: colour('quiet'), ...more.ticks},
  });
  const options = (x, y, more = {}) => ({
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    interaction: {mode: 'index', axis: 'x', intersect: false},
    scales: {x, y},
    ...more,
    plugins: {
      legend: {
        display: more.legend !== false,
        labels: {color: colour('text'), boxWidth: 18, boxHeight: 8, padding: 12},
      },
      tooltip: more.tooltip || {},
    },
  });

  const smallScreen = matchMedia('(max-width: 46rem)');
  const narrow = () => smallScreen.matches;
  const seconds = () => picture.timeline.widthMs / 1e3;
  // Rows of {x, y}, in seconds since the start; a number that holds for a bucket stands in its middle.
  const points = (values, change) =>
    values.map((value, i) => ({x: (i + 0.5) * seconds(), y: change(value, i)}));
  // How much of each bucket has passed: the last is not over yet.
  const passed = i => Math.min(seconds(), Math.max(seconds() / 10, picture.elapsedMs / 1e3 - i * seconds()));
  const timeAxis = () => {
    const end = Math.max(1, picture.elapsedMs / 1e3);
    const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 43200, 86400];
    const most = narrow() ? 5 : 12;
    const step = steps.find(one => end / one <= most) || Math.ceil(end / most / 86400) * 86400;
    const unit = end < 3600 ? 'minutes:seconds' : 'hours:minutes:seconds';
    return axis('time since the start (' + unit + ')', {
      type: 'linear',
      min: 0,
      max: end,
      ticks: {stepSize: step, maxRotation: 0, callback: value => (value % step === 0 ? clock(value) : '')},
    });
  };
  const timeTip = {callbacks: {title: items => (items.length ? clock(items[0].parsed.x) : '')}};
  const line = (label, name, data, more = {}) => ({
    type: 'line',
    label,
    data,
    borderColor: colour(name),
    backgroundColor: faint(name, 0.12),
    borderWidth: 2,
    pointRadius: context => (context.dataset.data.length < 3 ? 3 : 0),
    pointHitRadius: 8,
    ...more,
  });

  // Numbers a second, in steps of a second, or of a bucket that is longer; short runs have shorter steps.
  const perSecond = values => {
    const step = Math.max(1, Math.round(Math.min(1, picture.elapsedMs / 5e3) / seconds()));
    const count = Math.max(1, Math.floor(values.length / step));
    const steps = Array.from({length: count}, (_, i) => {
      const from = i * step;
      const to = i === count - 1 ? values.length : from + step;
      let sum = 0;
      let span = 0;
      for (let k = from; k < to; k++) {
        sum += values[k];
        span += passed(k);
      }
      return {x: (from + to) / 2 * seconds(), y: sum / span};
    });
    const ends = (x, step) => ({x, y: step.y});
    return [ends(0, steps[0]), ...steps, ends(values.length * seconds(), steps.at(-1))];
  };

  const drawTimeline = () => {
    const {starts, succeeded, failed, pauses} = picture.timeline;
    const datasets = [
      line('started', 'blue', perSecond(starts), {fill: true, stepped: 'middle'}),
      line('succeeded', 'green', perSecond(succeeded), {borderDash: [6, 3], stepped: 'middle'}),
    ];
    if (picture.counts.failed > 0) datasets.push(line('failed', 'red', perSecond(failed), {stepped: 'middle'}));
    const band = (label, name, kind) => line(label, name, points(pauses, value => (value === kind ? 1 : 0)), {
      yAxisID: 'shade',
      backgroundColor: faint(name, 0.25),
      borderWidth: 0,
      pointRadius: 0,
      stepped: 'middle',
      fill: true,
    });
    if (pauses.includes(1)) datasets.push(band('a server asked for a pause', 'amber', 1));
    if (pauses.includes(2)) datasets.push(band('paused by hand', 'grey', 2));
    const config = options(timeAxis(), axis('per second', {beginAtZero: true, grace: '5%'}), {
      tooltip: {...timeTip, filter: item => item.dataset.yAxisID !== 'shade'},
    });
    config.scales.shade = {axis: 'y', display: false, min: 0, max: 1};
    draw('timeline',
      `Over ${clock(picture.elapsedMs / 1e3)}: ${many(picture.counts.started, 'start')}, `
        + `${whole(picture.counts.succeeded)} succeeded, ${whole(picture.counts.failed)} failed.`,
      {type: 'line', data: {datasets}, options: config});
  };

  const drawWindows = () => {
    at('windows').hidden = picture.windows.length === 0;
    picture.windows.forEach((limit, i) => {
      const id = 'window-' + i;
      if (!at(id)) {
        const figure = element('div');
        const chart = element('div', undefined, 'chart');
        const canvas = element('canvas');
        canvas.id = id;
        canvas.setAttribute('role', 'img');
        chart.append(canvas);
        const fullest = element('p', undefined, 'quiet');
        fullest.id = id + '-fullest';
        figure.append(element('h3', limit.label), fullest, chart);
        at('window-charts').append(figure);
      }
      const where = limit.fullestHost ? ' at ' + limit.fullestHost : '';
      const said = `At most ${whole(limit.fullest)} of ${whole(limit.most)} ${limit.unit} in ${length(limit.windowMs)}${where}.`;
      at(id + '-fullest').textContent = said;
      const end = Math.max(1, picture.elapsedMs / 1e3);
      const datasets = [
        line('fullest window', 'blue', points(limit.values, value => value), {fill: true, stepped: 'middle'}),
        line('limit', 'red', [{x: 0, y: limit.most}, {x: end, y: limit.most}], {borderDash: [8, 4], pointRadius: 0}),
      ];
      draw(id, limit.label + '. ' + said, {
        type: 'line',
        data: {datasets},
        options: options(
          timeAxis(),
          axis(`${limit.unit} in ${length(limit.windowMs)}`,
            {beginAtZero: true, suggestedMax: limit.most * 1.1, ticks: {precision: 0}}),
          {tooltip: timeTip}),
      });
    });
  };

  const drawSpread = (id, spread, name) => {
    const labels = spread.bars.map(bar => '≤ ' + length(bar.uptoMs));
    const said = `${many(spread.count, 'start')}: half within ${length(spread.p50Ms)}, 90 % within `
      + `${length(spread.p90Ms)}, 99 % within ${length(spread.p99Ms)}, the longest ${length(spread.maxMs)}.`;
    draw(id, said, {
      type: 'bar',
      data: {
        labels,
        datasets: [{
          label: 'starts',
          data: spread.bars.map(bar => bar.count),
          backgroundColor: colour(name),
          barPercentage: 1,
          categoryPercentage: 0.9,
        }],
      },
      options: options(
        axis(id === 'waiting' ? 'time waited' : 'time taken', {ticks: {maxRotation: 60}}),
        axis('starts', {beginAtZero: true, ticks: {precision: 0}}),
        {legend: false}),
    });
    table(id + '-table', ['50 %', '90 %', '99 %', 'longest', 'starts'], [[
      length(spread.p50Ms), length(spread.p90Ms), length(spread.p99Ms), length(spread.maxMs), whole(spread.count)]]);
  };

  const table = (id, heads, rows, numbers = []) => {
    const head = element('thead');
    const headRow = element('tr');
    heads.forEach((text, i) => {
      const cell = element('th', text, numbers.includes(i) ? 'number' : '');
      cell.scope = 'col';
      headRow.append(cell);
    });
    head.append(headRow);
    const body = element('tbody');
    for (const row of rows) {
      const made = element('tr');
      row.forEach((text, i) => made.append(element('td', text, numbers.includes(i) ? 'number' : '')));
      body.append(made);
    }
    at(id).replaceChildren(head, body);
  };

  const drawFailures = () => {
    const any = picture.failures.length > 0;
    at('no-failures').hidden = any;
    at('failures-box').hidden = !any;
    at('failures-table').hidden = !any;
    if (!any) return;
    const longest = narrow() ? 18 : 34;
    at('failures-box').style.height = 5.5 + 1.8 * picture.failures.length + 'rem';
    draw('failures-chart', picture.failures.map(one => `${one.kind}: ${whole(one.count)}`).join('; '), {
      type: 'bar',
      data: {
        labels: picture.failures.map(one => (one.kind.length > longest ? one.kind.slice(0, longest - 1) + '…' : one.kind)),
        datasets: [{
          label: 'failures',
          data: picture.failures.map(one => one.count),
          backgroundColor: colour('red'),
          barThickness: 16,
        }],
      },
      options: {
        ...options(
          axis('failures', {beginAtZero: true, ticks: {precision: 0}}),
          {...axis('kind'), title: {display: false}, ticks: {color: colour('text'), autoSkip: false}},
          {legend: false}),
        indexAxis: 'y',
        interaction: {mode: 'index', axis: 'y', intersect: false},
      },
    });
    table('failures-table', ['kind', 'failures', 'one of them'],
      picture.failures.map(one => [one.kind, whole(one.count), one.example]), [1]);
  };

  const planned = () => picture.state === 'PLANNED';
  const drawWaitsFor = () => {
    at('waits-for').hidden = !planned();
    at('waits').hidden = planned();
    at('server-waits').replaceChildren(...picture.serverWaits.map(one => element('li', one)));
    at('failures').hidden = planned();
    table('waits-for-table', ['limit', 'of the time', 'otherwise'],
      picture.waitsFor.map(one => [one.limit, `${some(100 * one.share)} %`, one.otherwise]), [1]);
  };

  const tiles = () => {
    const {counts, pace} = picture;
    const ended = !goesOn();
    const mean = count => some(count / Math.max(0.001, picture.elapsedMs / 1e3)) + '/s';
    const shown = planned() ? [['takes', clock(picture.elapsedMs / 1e3)]] : [
      ['succeeded', whole(counts.succeeded)],
      ['failed', whole(counts.failed), counts.failed > 0],
      ['retries', whole(counts.again)],
      ['elapsed', clock(picture.elapsedMs / 1e3)],
    ];
    if (ended) {
      shown.push(['starts', whole(counts.started)], ['started, on average', mean(counts.started)],
        ['finished, on average', mean(counts.succeeded + counts.failed)]);
    } else {
      shown.push(['time left', picture.leftMs === null || picture.state === 'PAUSED' ? '–' : clock(picture.leftMs / 1e3)],
        ['in flight', whole(counts.underWay)], ['started, last 30 s', some(pace.starts) + '/s'],
        ['finished, last 30 s', some(pace.ends) + '/s']);
    }
    at('tiles').replaceChildren(...shown.map(([name, value, bad]) => {
      const tile = element('div', undefined, bad ? 'bad' : '');
      tile.append(element('dt', name), element('dd', value));
      return tile;
    }));
  };

  const STATES = {
    PLANNED: 'planned', RUNNING: 'running', PAUSED: 'paused', DONE: 'done', INTERRUPTED: 'interrupted', STOPPED: 'stopped',
    LOST: 'no longer reached',
  };
  const state = name => {
    if (at('state').textContent !== STATES[name]) at('state').textContent = STATES[name];
    at('state').className = name.toLowerCase();
    document.title = `${STATES[name]} · ${picture.command}`;
  };

  const head = () => {
    at('command').textContent = picture.command;
    at('limits').textContent = picture.limits;
    at('began').dateTime = picture.began;
    at('began').textContent = new Date(picture.began).toLocaleString();
    state(picture.state);
    const done = picture.counts.succeeded + picture.counts.failed;
    const bar = at('progress');
    const ended = !goesOn();
    bar.hidden = (picture.total === null && !ended) || planned();
    bar.max = Math.max(1, picture.total === null ? done : picture.total);
    bar.value = done;
    at('done').textContent = planned() ? `${whole(done)} to do` : picture.total === null
      ? `${whole(done)} done`
      : `${whole(done)} of ${whole(picture.total)} done (${some(100 * Math.min(1, done / Math.max(1, picture.total)))} %)`;
    if (picture.money) at('done').append(`, ${picture.money}`);
  };

  const controls = () => {
    const on = live && goesOn();
    at('controls').hidden = !on;
    at('pause').disabled = picture.state !== 'RUNNING';
    at('resume').disabled = picture.state !== 'PAUSED';
    at('speed').hidden = !picture.speed;
    if (picture.speed && !sliding) {
      at('rate').min = picture.speed.slowest;
      at('rate').value = picture.speed.percent;
      speak(picture.speed.percent, picture.speed.now);
    }
  };
  const speak = (percent, now) => {
    const text = `${now} (${percent} % of ${picture.speed.given})`;
    at('rate-now').textContent = text;
    at('rate').setAttribute('aria-valuetext', text);
  };

  const drawAll = () => {
    head();
    controls();
    tiles();
    drawTimeline();
    drawWindows();
    drawWaitsFor();
    if (!planned()) drawSpread('waiting', picture.waiting, 'amber');
    drawSpread('working', picture.working, 'blue');
    drawFailures();
  };
  const drawAnew = () => {
    charts.forEach(chart => chart.destroy());
    charts.clear();
    drawAll();
  };

  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  drawAll();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAnew);
  smallScreen.addEventListener('change', drawAnew);
  if (!live) return;

  const ask = async (action, body) => {
    try {
      const answer = await fetch(action, {method: 'POST', body});
      at('trouble').textContent = answer.ok ? '' : `That was refused: ${await answer.text() || answer.status}`;
    } catch {
      at('trouble').textContent = 'The run cannot be reached.';
    }
  };
  at('pause').addEventListener('click', () => ask('pause'));
  at('resume').addEventListener('click', () => ask('resume'));
  at('rate').addEventListener('input', () => {
    sliding = true;
    const percent = Number(at('rate').value);
    const [number, period] = picture.speed.given.split('/');
    speak(percent, `${some(number * percent / 100)}/${period}`);
  });
  at('rate').addEventListener('change', async () => {
    await ask('rate', at('rate').value);
    sliding = false;
  });

  // Pictures may come faster than they can be drawn: only the latest is.
  let toBeDrawn = false;
  const drawSoon = () => {
    if (toBeDrawn) return;
    toBeDrawn = true;
    setTimeout(() => {
      toBeDrawn = false;
      drawAll();
    });
  };
  const events = new EventSource('events');
  let errors = 0;
  events.onmessage = event => {
    errors = 0;
    picture = JSON.parse(event.data);
    if (!goesOn()) events.close();
    drawSoon();
  };
  events.onerror = () => {
    // No answer: the last picture stays, and the browser tries again a few times.
    if (++errors > 3) events.close();
    picture.state = 'LOST';
    drawSoon();
  };
})();
