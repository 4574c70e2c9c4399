import { beads, blade, bust, cut, cutPen, disc, fill, pen, rays, waves, type Mark } from './symbolArt.marks.ts'

/** A: what happens. */
export const eventArt: Readonly<Record<string, readonly Mark[]>> = {
  // A house in the water.
  A10100: [fill('M32 4L54 21H47V29H17V21H10Z'), pen(waves(35)), pen(waves(44))],
  // A cloud and rain.
  A10200: [fill('M18 27A9 9 0 0 1 17 9.5A12.5 12.5 0 0 1 40 9A9.2 9.2 0 0 1 46 27Z'), pen('M21 32L17 43M33 32L29 43M45 32L41 43')],
  // A seismogram.
  A10300: [pen('M6 26H15L20 15L27 41L35 7L42 36L46 26H58')],
  // A slope and falling rocks.
  A10400: [fill('M7 45V10L18 14L46 45Z'), fill(disc(33, 13, 5.5)), fill(disc(45, 25, 6)), fill(disc(54, 39, 4.5))],
  // A breaking wave.
  A10500: [fill('M6 45C8 22 20 6 38 8C51 9.5 56 21 48 27C48 19 39 17 35 24C31 32 40 37 58 36V45Z')],
  // A conifer and a flame.
  A10600: [fill('M20 4L31 20H26L33 33H23V45H17V33H6L14 20H9Z'), fill('M46 14C54 22 58 28 58 35A11 10.5 0 0 1 36 35C36 30 40 27 41 21C44 23 45 25 45 27C47 24 47 19 46 14Z'), cut('M47 31C50 35 51 36 51 38.5A4 4 0 0 1 43 38.5C43 36 46 34 47 31Z')],
  // Grass and a flame.
  A10700: [fill('M34 3C42 10 45 15 45 20A12 11 0 0 1 21 20C21 14 26 12 27 7C30 9 31 11 31 13C33 11 34.5 8 34 3Z'), fill('M6 46L8 28L15 40L20 31L26 41L32 34L38 41L44 31L49 40L56 28L58 46Z')],
  // A pit head.
  A20100: [pen(disc(32, 12, 7)), pen('M27 19L15 45M37 19L49 45M21 33H43M10 45H54')],
  // Pick and hammer.
  A20200: [pen('M17 43L42 16', 5.5), fill('M33 11L42 3L56 16L47 24Z'), pen('M47 43L21 15', 5.5), pen('M7 25Q10 8 31 6', 5.5)],
  // A tower crane.
  A20300: [pen('M19 45V6M7 14H57M19 6L47 14M10 45H29'), pen('M49 14V26', 3), fill('M41 26H57V38H41Z')],
  // A flask half full.
  A20400: [pen('M23 6H41M28 6V19L13 43H51L36 19V6'), fill('M22 30H42L50 43H14Z')],
  // A bursting rocket.
  A20500: [pen(rays(32, 24, 8, 19, 8)), fill(beads(32, 24, 17, 2.6, 8, 22.5)), fill(disc(32, 24, 3.5))],
  // A flame.
  A20600: [fill('M34 3C47 14 52 21 52 29A20 17 0 0 1 12 30C12 21 20 17 22 9C27 12 28.5 16 28.5 20C33 16 35 10 34 3Z'), cut('M33 23C40 30 41 33 41 37A8.5 8 0 0 1 24 37C24 31 31 29 33 23Z')],
  // A car that struck.
  A20700: [fill('M5 40V30Q5 26 10 25L17 14H33L41 25Q46 26 46 30V40Z'), cut('M20 18H31L36 25H15Z'), fill(disc(15, 40, 5.5)), fill(disc(36, 40, 5.5)), cut(disc(15, 40, 2.2)), cut(disc(36, 40, 2.2)), pen('M50 24L58 16M51 32H59M50 14V6', 4)],
  // A ship going down.
  A20800: [fill('M7 20L54 30Q50 38 44 39H20Z'), fill('M20 20L25 6L40 9L37 24Z'), pen(waves(45), 4)],
  // A train from the front, off its rails.
  A20900: [fill('M16 12Q16 4 32 4T48 12V36H16Z'), cut('M21 11H43V21H21Z'), cut(disc(23, 29, 3)), cut(disc(41, 29, 3)), pen('M20 38L12 46M44 38L52 46M17 43H29M35 43H47', 4)],
  // A train in a tunnel.
  A21000: [pen('M8 46V26A24 21 0 0 1 56 26V46'), fill('M19 24Q19 18 32 18T45 24V45H19Z'), cut('M24 24H40V32H24Z'), cut(disc(25.5, 39, 2.5)), cut(disc(38.5, 39, 2.5))],
  // An aircraft falling.
  A21100: [fill('M32 3C35.5 3 36 8 36 13V18L54 29V34L36 28V36L42 41V45L32 42L22 45V41L28 36V28L10 34V29L28 18V13C28 8 28.5 3 32 3Z', 140), pen('M6 45H24M46 45H58', 4)],
  // A lift.
  A21200: [pen('M14 5H50V45H14Z'), fill('M19 24L25 12L31 24Z'), fill('M33 26H45L39 38Z'), pen('M25 22V35M39 16V28', 4)],
  // A broken pipe.
  A21300: [fill('M5 11H13V7H20V11H44V7H51V11H59V27H51V31H44V27H20V31H13V27H5Z'), cutPen('M33 9L28 17L36 20L30 29', 4), fill('M32 31C36 37 38 39 38 41.5A6 4.5 0 0 1 26 41.5C26 39 28 37 32 31Z')],
  // A fish, dead.
  A21400: [fill('M42 12Q58 16 59 25Q58 34 42 38Z'), cutPen('M48 21L53 26M53 21L48 26', 2.5), pen('M12 25H44M19 16V34M27 13V37M35 13V37'), pen('M5 14L13 25L5 36')],
  // A tractor.
  A21500: [pen(disc(20, 33, 10), 6), pen(disc(48, 38, 5.5), 5), fill('M31 20H55V31H44L38 38H33Z'), pen('M13 21V7H32V22', 4.5), pen('M46 20V10', 4.5)],
  // People over one who fell.
  A21600: [fill(disc(23, 9, 5.5)), fill(disc(43, 9, 5.5)), pen('M23 17L27 29M43 17L47 29M14 24L23 18L33 24L43 18L53 24', 5), fill(disc(11, 40, 5.5)), pen('M20 41H55', 8), pen('M27 29L22 35M47 29L42 35', 5)],
  // A virus.
  A30100: [fill(disc(32, 25, 12)), pen(rays(32, 25, 10, 19, 8, 22.5), 4), fill(beads(32, 25, 19, 3.2, 8, 22.5)), cut(disc(28, 22, 3)), cut(disc(37, 24, 2.5)), cut(disc(31, 31, 2.5))],
  // A bowl and a capsule.
  A30200: [fill('M6 26H58C57 38 48 45 32 45S7 38 6 26Z'), pen('M24 16L41 10', 10), cutPen('M31 6L34.5 20', 3)],
  // A skull.
  A30300: [fill('M32 4C46 4 53 13 53 23C53 29 50 32 46 34V45H18V34C14 32 11 29 11 23C11 13 18 4 32 4Z'), cut(disc(24, 22, 5.5)), cut(disc(40, 22, 5.5)), cut('M32 28L28 34H36Z'), cutPen('M26 38V46M32 38V46M38 38V46', 2.2)],
  // The head of a cow.
  A30400: [fill('M19 13Q32 9 45 13L43 30Q42 45 32 45T21 30Z'), fill('M17 15L4 14Q6 25 18 23ZM47 15L60 14Q58 25 46 23Z'), pen('M20 11Q11 10 13 4M44 11Q53 10 51 4', 4), cut(disc(26, 22, 2.5)), cut(disc(38, 22, 2.5)), cut('M26 35H38V40H26Z')],
  // A coin.
  A40100: [pen(disc(32, 25, 19.5)), pen('M23 13L32 25L41 13M32 25V39M23 27H41M23 33.5H41', 4)],
  // A screen and a lock.
  A40200: [pen('M7 6H57V37H7Z'), pen('M20 45H44'), fill('M23 20H41V33H23Z'), pen('M27 20V16A5 5 0 0 1 37 16V20', 3.5)],
  // A bomb.
  A40300: [fill(disc(27, 30, 15.5)), fill('M34 12L40 8L48 17L42 22Z'), pen('M43 13Q47 5 52 9', 3.5), pen('M53 14V18M57 9H60M55 5L58 2', 3), cutPen('M18 30Q18 22 26 21', 3)],
  // The radiation trefoil.
  A40400: [fill(disc(32, 26, 4.5)), fill(blade(32, 26, 7.5, 21, 90) + blade(32, 26, 7.5, 21, 210) + blade(32, 26, 7.5, 21, 330))],
  // A crowd with a placard.
  A40500: [fill(bust(14, 25, 5.5, 46)), fill(bust(50, 25, 5.5, 46)), fill(bust(32, 29, 5.5, 46)), pen('M32 20V12', 4), fill('M20 3H44V15H20Z')],
}
