/// The look of the page: quiet, printable, and never by colour alone.
enum PageStyle {
  static let rules: StaticString = """
    :root { --ink: #1b222c; --muted: #5a6572; --line: #d5dbe1; --soft: #f4f6f8; --accent: #0b4f8a; }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 1120px; padding: 0 28px 40px; color: var(--ink);
      background: #fff; font: 15px/1.5 "Segoe UI", "Helvetica Neue", "DejaVu Sans", Arial, sans-serif; }
    p { margin: .5em 0; max-width: 80ch; }
    a { color: var(--accent); }
    .notice { margin: 0 -28px; padding: 8px 28px; max-width: none; background: #fff4d6;
      border-bottom: 1px solid #e6cf8b; font-size: 13.5px; font-weight: 600; }
    .masthead { margin-top: 26px; }
    h1 { margin: 0; font-size: 28px; line-height: 1.2; }
    .facts-line { margin: .3em 0 0; max-width: none; color: var(--muted); }
    .counts { display: flex; flex-wrap: wrap; gap: 8px 10px; align-items: center; max-width: none;
      margin: 14px 0; font-size: 14px; }
    .highlights, .levels { display: grid; gap: 14px;
      grid-template-columns: repeat(auto-fit, minmax(210px, 1fr)); }
    .highlight, .level { padding: 12px 16px; border: 1px solid var(--line); border-radius: 6px;
      background: var(--soft); }
    .highlight p, .level p { margin: 0; }
    .name { color: var(--muted); font-size: 13.5px; }
    .value { font-size: 22px; font-weight: 650; line-height: 1.35; }
    .value .badge { margin-left: 10px; vertical-align: 4px; }
    .detail { color: var(--muted); font-size: 13.5px; }
    nav ol { display: flex; flex-wrap: wrap; gap: 2px 22px; margin: 20px 0 0; padding: 10px 0;
      border: solid var(--line); border-width: 1px 0; list-style: none; counter-reset: chapter;
      font-size: 13.5px; }
    nav li { counter-increment: chapter; }
    nav li::before { content: counter(chapter) " "; color: var(--muted); }
    nav a { text-decoration: none; }
    h2 { margin: 40px 0 12px; padding-bottom: 5px; border-bottom: 2px solid var(--ink);
      font-size: 20px; white-space: pre-wrap; }
    h3 { margin: 24px 0 6px; font-size: 16px; }
    .table { margin: 14px 0 20px; overflow-x: auto; }
    table { width: 100%; border-collapse: collapse; font-size: 13.5px; line-height: 1.4; }
    caption { padding: 4px 0 6px; text-align: left; font-weight: 650; font-size: 14.5px; }
    th { padding: 6px 10px; border-bottom: 1.5px solid var(--ink); text-align: left;
      vertical-align: bottom; font-weight: 600; }
    th .unit { display: block; color: var(--muted); font-weight: 400; }
    td { padding: 5px 10px; border-bottom: 1px solid var(--line); vertical-align: top; }
    td.wide { min-width: 15em; }
    tbody tr:nth-child(even) { background: #fafbfc; }
    .number { text-align: right; font-variant-numeric: tabular-nums; }
    td.number { white-space: nowrap; }
    .reason { display: block; color: var(--muted); font-size: 12.5px; white-space: normal;
      font-style: italic; }
    .note, figcaption { color: var(--muted); font-size: 13px; max-width: 100ch; }
    .omitted { color: var(--muted); font-style: italic; }
    .badge { display: inline-flex; gap: 6px; align-items: baseline; padding: 1px 9px 1px 7px;
      border: 1px solid; border-radius: 10px; font-size: 12.5px; font-weight: 600; line-height: 1.45; }
    .short { white-space: nowrap; }
    .symbol { font-weight: 800; }
    .pass { color: #0a5c36; background: #e8f5ee; border-color: #9fd0b5; }
    .warn { color: #7a4b00; background: #fff3d9; border-color: #e3bf6f; }
    .fail { color: #93180f; background: #fdeae8; border-color: #e3a29c; }
    .not_assessable { color: #404a57; background: #eef1f4; border-color: #b9c2cc; }
    figure { margin: 18px 0 24px; break-inside: avoid; }
    figure img { display: block; max-width: 100%; height: auto; }
    figure .plot { display: block; max-width: 100%; height: auto; }
    figcaption { margin-top: 6px; max-width: 100ch; font-size: 13.5px; }
    .gallery { display: grid; gap: 18px 22px; align-items: start; margin: 16px 0 24px;
      grid-template-columns: repeat(auto-fill, minmax(320px, 1fr)); }
    .gallery figure { margin: 0; }
    .gallery a:first-child { display: block; border: 1px solid var(--line); }
    a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
    .verdict, .proposal { margin: 14px 0; padding: 14px 18px; border: 1px solid var(--line);
      border-left: 5px solid var(--accent); border-radius: 4px; break-inside: avoid; }
    .verdict p, .proposal p { margin: 0 0 4px; }
    .verdict ul, .proposal ul { margin: 6px 0 0; padding-left: 20px; }
    .levels { margin: 10px 0 12px; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 18px; margin: 10px 0; }
    dt { color: var(--muted); }
    dd { margin: 0; overflow-wrap: anywhere; }
    footer { margin-top: 44px; padding-top: 10px; border-top: 1px solid var(--line);
      color: var(--muted); font-size: 12.5px; }
    @page { size: A4; margin: 14mm 13mm; }
    @media print {
      body { max-width: none; padding: 0; font-size: 10pt; }
      nav { display: none; }
      .notice { margin: 0; padding: 4px 8px; border: 1px solid #e6cf8b; }
      h2, h3, caption { break-after: avoid; }
      tr, .highlight { break-inside: avoid; }
      .highlights { grid-template-columns: repeat(4, 1fr); gap: 8px; }
      .highlight { padding: 6px 9px; }
      .highlight .value { font-size: 13pt; }
      figure img, figure .plot { width: auto; max-width: 100%; max-height: 120mm; }
      .gallery { display: block; }
      .gallery figure { display: inline-block; width: 48%; margin: 0 1% 5mm 0;
        vertical-align: top; }
      .gallery figure img { max-height: 85mm; }
      .gallery a:first-child { border: 0; }
      a { color: inherit; text-decoration: none; }
      p, li { orphans: 3; widows: 3; }
      thead { display: table-header-group; }
      table { font-size: 8.5pt; }
      td, th { padding: 3px 5px; }
      .table { overflow: visible; }
      * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    }
    """
}
