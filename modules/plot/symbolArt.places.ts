import { bust, cut, cutPen, disc, fill, pen, star, waves, type Mark } from './symbolArt.marks.ts'

/** B hazards, C targets, D resources, X1 ours. */
export const placeArt: Readonly<Record<string, readonly Mark[]>> = {
  // A works, with a call for care.
  B10100: [fill('M6 45V22L19 13V22L32 13V22L43 14V5H54V45Z'), cutPen('M32 26V34', 5), cut(disc(32, 40.5, 2.8))],
  // A tanker.
  B10200: [fill('M10 12H35Q41 12 41 22T35 32H10Q4 32 4 22T10 12Z'), cutPen('M23 15V23', 4.5), cut(disc(23, 28, 2.5)), fill('M44 17H53L59 26V36H4V33H44Z'), cut('M48 20H52L55 26H48Z'), fill(disc(14, 39, 5.5)), fill(disc(28, 39, 5.5)), fill(disc(51, 39, 5.5))],
  // An outfall.
  B10300: [fill('M5 7H33V21H5Z'), fill('M33 4H41V24H33Z'), fill('M49 13C54 20 56 22 56 26A7 7 0 0 1 42 26C42 22 44 20 49 13Z'), pen(waves(37)), pen(waves(45))],

  // An office under a flag.
  C10100: [pen('M32 26V4', 4), fill('M33 3H52L47 9L52 15H33Z'), fill('M6 45V26H58V45Z'), cut('M12 31H20V38H12ZM44 31H52V38H44ZM27 32H37V45H27Z')],
  // A mortarboard.
  C10200: [fill('M32 6L60 19L32 32L4 19Z'), fill('M16 28V38Q32 48 48 38V28L32 36Z'), pen('M55 21V38', 4)],
  // A microphone.
  C10300: [fill('M24 12A8 8 0 0 1 40 12V22A8 8 0 0 1 24 22Z'), pen('M15 20V22A17 15 0 0 0 49 22V20M32 37V45M20 45H44')],
  // A stage and its public.
  C10400: [fill('M5 4H59V11H5Z'), fill('M5 11H23Q22 25 10 29H5Z'), fill('M59 11H41Q42 25 54 29H59Z'), fill(bust(16, 33, 4.2, 46)), fill(bust(32, 31, 4.8, 46)), fill(bust(48, 33, 4.2, 46))],
  // A banking house.
  C10500: [fill('M32 4L58 16V21H6V16Z'), cut(disc(32, 14, 3)), fill('M11 24H18V37H11ZM22.5 24H29V37H22.5ZM35 24H41.5V37H35ZM46 24H53V37H46Z'), fill('M6 39H58V45H6Z')],
  // A pagoda.
  C10600: [fill('M32 2L35 8L47 15H17L29 8Z'), fill('M24 15H40V20H24Z'), fill('M20 20H44L52 28H12Z'), fill('M22 28H42V33H22Z'), fill('M17 33H47L56 41H8Z'), fill('M18 41H46V46H18Z'), cut('M29 36H35V46H29Z')],
  // Rails and sleepers.
  C20100: [pen('M25 4L12 46M39 4L52 46', 4.5), pen('M20 11H44M17 21H47M14 31H50M10 41H54', 4)],
  // An anchor.
  C20200: [pen(disc(32, 9, 4.8), 4), pen('M32 14V43M21 21H43'), pen('M10 29Q13 44 32 44T54 29'), fill('M4 32L11 23L17 33ZM60 32L53 23L47 33Z')],
  // An aircraft.
  C20300: [fill('M32 3C35.5 3 36 8 36 13V18L56 29V34L36 28V36L42 41V45L32 42L22 45V41L28 36V28L8 34V29L28 18V13C28 8 28.5 3 32 3Z')],
  // A mast that sends.
  C20400: [fill(disc(32, 14, 4.5)), pen('M31 16L19 45M33 16L45 45M25 33H39', 4), pen('M23 6A11 11 0 0 0 23 22M41 6A11 11 0 0 1 41 22', 4), pen('M15 2A20 20 0 0 0 15 26M49 2A20 20 0 0 1 49 26', 4)],
  // A dam holding water.
  C20500: [fill('M30 5H41L58 45H30Z'), pen('M5 14q5 -5 10.5 0t10.5 0M5 26q5 -5 10.5 0t10.5 0M5 38q5 -5 10.5 0t10.5 0')],
  // A bolt.
  C20600: [fill('M38 2L13 28H28L23 47L51 19H35Z')],
  // A pump.
  C20700: [fill('M12 4H38V40H12Z'), fill('M8 40H42V45H8Z'), cut('M18 10H32V20H18Z'), pen('M38 25H44V35A4.5 4.5 0 0 0 53 35V17L45 8', 4)],

  // A flag with a star.
  D10100: [pen('M11 4V46', 5), fill('M13 4H59V34H13Z'), cut(star(35, 20, 12.5))],
  // A tent.
  D10200: [fill('M32 9L60 45H4Z'), cut('M32 24L43 45H21Z'), pen('M32 10V3', 3.5), fill('M33 2H44L41 5L44 8H33Z')],
  // A star.
  D20100: [fill(star(32, 28, 24.5))],
  // A shield with a star.
  D20200: [fill('M32 3Q42 9 55 9Q56 36 32 47Q8 36 9 9Q22 9 32 3Z'), cut(star(32, 25, 14))],
  // A peaked cap.
  D20300: [fill('M4 17Q18 15 32 4Q46 15 60 17Q57 25 48 28H16Q7 25 4 17Z'), cut(disc(32, 18, 4.5)), fill('M16 31H48Q47 44 32 44T16 31Z')],
  // A helmet with a lamp.
  D20400: [fill('M9 35V30A23 23 0 0 1 55 30V35Z'), fill('M4 38H60V44H4Z'), cut(disc(32, 22, 8)), fill(disc(32, 22, 4.5))],
  // A storehouse with boxes.
  D30100: [fill('M32 3L60 17V46H53V22H11V46H4V17Z'), fill('M16 36H30V46H16ZM34 36H48V46H34ZM25 25H39V34H25Z')],
  // A bus.
  D40100: [fill('M5 9H54Q59 9 59 14V38H5Z'), cut('M9 14H19V23H9ZM23 14H33V23H23ZM37 14H47V23H37ZM51 14H56V28H51Z'), fill(disc(17, 39, 6)), fill(disc(46, 39, 6)), cut(disc(17, 39, 2.3)), cut(disc(46, 39, 2.3))],
  // A rescue van with its light.
  D40200: [fill('M4 12H39V38H4Z'), fill('M39 18H49L59 28V38H39Z'), cut('M43 22H48L53 28H43Z'), cut('M18.5 16H25.5V21.5H31V28.5H25.5V34H18.5V28.5H13V21.5H18.5Z'), fill('M20 5H33V10H20Z'), fill(disc(15, 40, 5.5)), fill(disc(47, 40, 5.5))],
  // A cross.
  D50100: [fill('M24 4H40V17H53V33H40V46H24V33H11V17H24Z')],
  // A microscope.
  D50200: [fill('M18 8L29 3L38 23L27 28Z'), pen('M35 11A17 17 0 0 1 40 43M12 45H54', 5), pen('M16 36H37', 4.5)],
  // People under a roof.
  D60100: [pen('M5 22L32 5L59 22', 5.5), fill(bust(23, 24, 5, 46)), fill(bust(43, 30, 4, 46))],

  // Ways that meet.
  X10100: [fill(disc(32, 25, 6)), pen('M8 4L18 13M56 4L46 13M8 46L18 37M56 46L46 37', 5), fill('M24 18L11 17L22 6.5ZM40 18L53 17L42 6.5ZM24 32L11 33L22 43.5ZM40 32L53 33L42 43.5Z')],
  // The H of a landing place.
  X10200: [pen(disc(32, 25, 20)), pen('M25 14V36M39 14V36M25 25H39', 5)],
  // A traffic cone.
  X10300: [fill('M28 3H36L39.5 14H24.5Z'), fill('M23 18H41L45 30H19Z'), fill('M18 33H46L48 39H59V45H5V39H16Z')],
  // Someone in the rubble.
  X10400: [fill(disc(32, 11, 6)), pen('M15 5L25 20H39L49 5', 5), fill('M25 19H39V34H25Z'), fill('M4 46L11 31L21 38L31 29L42 38L52 30L60 46Z')],
  // A dial.
  X10500: [pen('M8 39A24 24 0 0 1 56 39', 5), pen('M32 39L44 21', 4.5), fill(disc(32, 39, 5.5)), pen('M32 22V26M17 31L20 33M19.5 26.5L22 29', 3.5)],
  // A tap.
  X10600: [fill('M5 15H25V9H18V3H42V9H35V15H40Q54 15 54 29H44Q44 25 40 25H5Z'), fill('M49 31C53 37 55 39 55 41A6 5.5 0 0 1 43 41C43 39 45 37 49 31Z')],
  // A shower.
  X10700: [pen('M13 46V13Q13 5 22 5H33Q40 5 40 11V15'), fill('M27 15H53L57 23H23Z'), pen('M28 28V32M40 28V32M52 28V32M34 36V40M46 36V40M28 42V46M40 42V46M52 42V46', 4)],
  // A quadcopter.
  X10800: [pen('M16 11L48 39M48 11L16 39', 5), fill('M24 17H40V33H24Z'), pen(disc(15, 11, 7.5) + disc(49, 11, 7.5) + disc(15, 39, 7) + disc(49, 39, 7), 3.5), cut(disc(32, 25, 3.5))],
}

/** Drawn larger and without a frame, in the symbol's colour: what the picker shows for words and arrows. */
export const signArt: Readonly<Record<string, readonly Mark[]>> = {
  X30100: [pen('M14 8H50M32 8V42M24 42H40', 6)],
  X30200: [pen('M30 6H59V24H30Z', 3), pen('M36 12H53M36 18H48', 2.5), pen('M38 24L10 42', 3), fill(disc(10, 42, 4))],
  X40100: [fill('M6 30V20H38V10L60 25L38 40V30Z')],
  X40200: [pen('M6 38L56 10M42 9L57 9.5L50 22', 4)],
  X40300: [fill('M6 44L18 34L10 24Q26 30 38 16L32 10L58 5L54 30L47 24Q30 42 6 44Z')],
  X40400: [fill('M20 41Q3 22 20 11L16 5L31 6L29 20L24 16Q15 25 32 33Q49 25 40 16L35 20L33 6L48 5L44 11Q61 22 44 41Z')],
}
